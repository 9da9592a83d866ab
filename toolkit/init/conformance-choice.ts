import type { ConformanceOptions } from "../conformance/index.ts";
import type { Project } from "./project.ts";

/** What a project's own conformance run does. */
export type ConformanceChoice = Pick<
  ConformanceOptions,
  "tokens" | "apiKeys" | "phases" | "runs" | "maxTime"
>;

/** What the run shows wherever a security scheme asks for something. */
export const credential = "credential-of-this-test";

/** Beyond so many operations each gets its examples only: a test is not to take minutes. */
const mostOperations = 100;

/** Without sequences: examples remember nothing of what was created. */
export function conformanceOf({ groups, schemes }: Project): ConformanceChoice {
  const operations = groups.reduce((sum, group) => sum + group.operations.length, 0);
  const keys = schemes.filter(({ definition }) => definition.type === "apiKey");
  return {
    tokens: [credential],
    apiKeys: Object.fromEntries(keys.map(({ definition }) => [String(definition.name), credential])),
    phases: operations > mostOperations ? ["examples"] : ["examples", "boundaries", "generated"],
    runs: 3,
    maxTime: 30_000,
  };
}
