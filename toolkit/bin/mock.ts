import { runMock } from "../mock/command.ts";

/** Runs the mock server of one or several documents until it is stopped. */
export function mock(args: readonly string[]): Promise<number> {
  return runMock(args);
}
