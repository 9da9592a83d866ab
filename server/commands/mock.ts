import { runMock } from "contract-first/mock/command";

/** Runs the mock server: of any OpenAPI document, or of this API where none is named. */
export async function mock(args: readonly string[]): Promise<void> {
  // The application is loaded only where it is mocked: any other document's mock starts in half the time.
  const openApiMock = async () => (await import("../api-mock.ts")).openApiMock();
  process.exitCode = await runMock(args, openApiMock, "authentication-methods mock [document …]");
}
