import type { TestContext } from "vitest";

declare module "vitest" {
  interface TaskMeta {
    /** What a proof did and found, for the table of `npm run test:reliability`. */
    findings?: Readonly<Record<string, string>>;
  }
}

type Findings = Readonly<Record<string, string | number>>;

/** Adds to what a test tells of itself; a passed test's numbers are shown even where another one fails. */
export function report({ task }: Pick<TestContext, "task">, findings: Findings): void {
  const told = Object.entries(findings).map(([name, value]) => [name, String(value)]);
  task.meta.findings = { ...task.meta.findings, ...Object.fromEntries(told) };
}

export function milliseconds(value: number): string {
  return `${Math.round(value).toLocaleString("en")} ms`;
}

export function mebibytes(bytes: number): string {
  return `${Math.round(bytes / 2 ** 20)} MiB`;
}
