import type { Finding } from "../findings.ts";
import type { CredentialChoice, Intent, RequestCase } from "../request/request-case.ts";
import type { ConformanceResult } from "../run.ts";
import { curl, withoutSecrets } from "./curl.ts";

/** One finding as a line of a report: what programs read, and what `--replay` sends again. */
export interface FindingLine {
  readonly check: string;
  readonly message: string;
  readonly operations: readonly string[];
  readonly count: number;
  readonly phase: string;
  readonly intent: Intent;
  readonly curl: string;
  readonly status: number | undefined;
  readonly key: string;
  readonly request: {
    readonly operation: string;
    readonly method: string;
    readonly parameters: RequestCase["parameters"];
    readonly body: RequestCase["body"];
    readonly credentials: CredentialChoice;
  };
}

/** One line for each finding; credentials are not in it. */
export function jsonLines({ findings, secrets }: ConformanceResult): string {
  return findings
    .map((finding) => `${withoutSecrets(JSON.stringify(toLine(finding, secrets)), secrets)}\n`)
    .join("");
}

function toLine(finding: Finding, secrets: readonly string[]): FindingLine {
  const { check, message, operations, count, phase, request, exchange, key } = finding;
  const { operation, method, parameters, body, credentials, intent } = request;
  return {
    check,
    message,
    operations,
    count,
    phase,
    intent,
    curl: curl(exchange, secrets),
    status: exchange.answer?.status,
    key,
    request: { operation: operation.id, method, parameters, body, credentials },
  };
}
