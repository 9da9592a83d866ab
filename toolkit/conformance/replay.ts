import { listOperations, loadDocument, readOperation } from "../openapi/index.ts";
import { findBaseUrl } from "./reachable.ts";
import type { FindingLine } from "./report/json-lines.ts";
import { Authorisation } from "./request/credentials.ts";
import { nameOf } from "./request/request-case.ts";
import { Sender } from "./request/send.ts";
import type { ConformanceOptions, ConformanceResult } from "./run.ts";
import { Session } from "./session.ts";

/**
 * Sends the requests of earlier findings again and tells which of them are still there. Ids in them are as they were:
 * what is gone by now may answer otherwise.
 *
 * @param lines the text of a report of JSON lines
 */
export async function replayFindings(
  document: string | object,
  url: string,
  lines: string,
  options: ConformanceOptions = {},
): Promise<ConformanceResult> {
  const started = performance.now();
  const read = await loadDocument(document);
  const operations = listOperations(read).map((entry) => readOperation(read, entry));
  const { maxTime = 5_000, seed = 1, maxRequests = 10_000 } = options;
  const authorisation = new Authorisation(options);
  const sender = new Sender({ maxRequests, maxTime });
  const baseUrl = await findBaseUrl(read, url, operations, maxTime);
  const session = new Session({
    operations,
    baseUrl,
    sender,
    authorisation,
    maxTime,
    seed,
  });
  for (const { request, intent, phase } of lines.split("\n").filter(Boolean).map(readLine)) {
    const operation = operations.find(({ id }) => id === request.operation);
    if (operation === undefined) {
      session.warnings.add(
        `${request.operation} is no operation of the document any more: its finding was left out.`,
      );
      continue;
    }
    const { method, parameters, body, credentials } = request;
    await session.send({
      operation,
      method,
      parameters,
      ...(body && { body }),
      credentials,
      intent,
      phase: phase as never,
    });
  }
  return {
    findings: session.findings.all,
    warnings: [...session.warnings],
    requests: sender.sent,
    operations: operations.map(nameOf),
    seed,
    duration: performance.now() - started,
    secrets: authorisation.secrets,
  };
}

function readLine(line: string): FindingLine {
  try {
    return JSON.parse(line);
  } catch {
    throw new Error("The file to replay is no report of JSON lines: make one with --json.");
  }
}
