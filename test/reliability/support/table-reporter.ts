import type { Reporter, TestModule } from "vitest/node";
import "./findings.ts";

/** Prints what the proofs did and found as one table. */
export default class TableReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const rows = modules
      .flatMap((module) => [...module.children.allTests()])
      .flatMap((test) => {
        const findings = Object.entries(test.meta().findings ?? {});
        const found = findings.map(([name, value]) => `${name} ${value}`).join(", ");
        return found === "" ? [] : [[test.fullName.replaceAll(" > ", ": "), test.result().state, found]];
      });
    const table = [["proof", "result", "done and found"], ["---", "---", "---"], ...rows];
    process.stdout.write(`\n${table.map((row) => `| ${row.join(" | ")} |`).join("\n")}\n`);
  }
}
