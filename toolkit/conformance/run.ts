import { loadDocument, type Operation } from "../openapi/index.ts";
import { boundaryVariations } from "./cases/boundary-cases.ts";
import type { Finding } from "./findings.ts";
import { boundariesPhase, examplesPhase, generatedPhase, methodsPhase } from "./phases.ts";
import { findBaseUrl, whyNothingAnswers } from "./reachable.ts";
import { Authorisation, type Credentials } from "./request/credentials.ts";
import { nameOf, type Phase, phases } from "./request/request-case.ts";
import { type Exchange, RunEnded, Sender } from "./request/send.ts";
import { selectOperations } from "./select.ts";
import { lifeCycle } from "./sequences/life-cycle.ts";
import { locations } from "./sequences/location.ts";
import { Session } from "./session.ts";
import { type Formats, useFormats } from "./values/validator.ts";

/** What a run does, and how far it goes. */
export interface ConformanceOptions extends Credentials {
  /** @default all of them, in this order: examples, boundaries, generated, sequences */
  readonly phases?: readonly Phase[];
  /** Random values for each operation. @default 25 */
  readonly runs?: number;
  /** The same seed makes the same values. @default 1 */
  readonly seed?: number;
  /** Requests a second. @default as fast as the server answers */
  readonly rate?: number;
  /** @default 10000 */
  readonly maxRequests?: number;
  /** The longest that an answer may take, in milliseconds. @default 5000 */
  readonly maxTime?: number;
  /** Operations to look at, by operationId, path or `GET /path`; `*` stands for anything. @default all */
  readonly only?: readonly string[];
  /** Operations to leave alone, written likewise. */
  readonly exclude?: readonly string[];
  /**
   * The formats that are the document's own, by name: values are then made to fit them, and broken. One run of a process at
   * a time may have its own. @default such formats say nothing
   */
  readonly formats?: Formats;
  readonly onExchange?: (exchange: Exchange) => void;
  readonly onProgress?: (progress: Progress) => void;
}

export interface Progress {
  readonly requests: number;
  readonly findings: number;
  readonly phase: Phase;
  readonly operation: string;
}

export interface ConformanceResult {
  readonly findings: readonly Finding[];
  /** What could not be looked at, one sentence each. */
  readonly warnings: readonly string[];
  readonly requests: number;
  readonly operations: readonly string[];
  readonly seed: number;
  /** In milliseconds. */
  readonly duration: number;
  /** Values that no report may show. */
  readonly secrets: readonly string[];
}

/**
 * Holds a running server against a contract.
 *
 * @param document an OpenAPI document: a path, a URL or an object
 * @param url where the contract's first server stands for; without a path, its own is added
 * @throws DocumentError a document that cannot be read
 * @throws Error where nothing listens
 */
export async function checkConformance(
  document: string | object,
  url: string,
  options: ConformanceOptions = {},
): Promise<ConformanceResult> {
  const started = performance.now();
  useFormats(options.formats ?? {});
  const read = await loadDocument(document);
  const { operations, unsendable } = selectOperations(read, options);
  const { maxTime = 5_000, seed = 1, maxRequests = 10_000 } = options;
  const sender = new Sender({
    maxRequests,
    maxTime,
    ...(options.rate !== undefined && { rate: options.rate }),
    ...(options.onExchange && { onExchange: options.onExchange }),
  });
  const authorisation = new Authorisation(options);
  const baseUrl = await findBaseUrl(read, url, operations, maxTime);
  const whyGone = () => whyNothingAnswers(baseUrl, maxTime);
  const session = new Session({ operations, baseUrl, sender, authorisation, maxTime, seed, whyGone });
  for (const { operation, reason } of unsendable) session.warnings.add(`${operation} ${reason}`);
  for (const operation of operations)
    if (!authorisation.suffices(operation))
      session.warnings.add(
        `${nameOf(operation)} asks for credentials that were not given: little of it was looked at.`,
      );
  try {
    for (const phase of options.phases ?? phases) await runPhase(phase, session, operations, options);
    await cleanUp(session);
  } catch (error) {
    if (!(error instanceof RunEnded)) throw error;
    session.warnings.add(error.message);
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

async function runPhase(
  phase: Phase,
  session: Session,
  operations: readonly Operation[],
  { runs = 25, seed = 1, onProgress }: ConformanceOptions,
): Promise<void> {
  const tell = (operation: string) =>
    onProgress?.({ requests: session.sent, findings: session.findings.all.length, phase, operation });
  if (phase === "sequences") {
    // With nothing else there lists are short, and tell what is new.
    await cleanUp(session);
    for (const shape of session.resources.shapes) {
      tell(shape);
      await lifeCycle(session, shape);
      await locations(session, shape);
    }
    return;
  }
  for (const operation of operations) {
    tell(nameOf(operation));
    if (phase === "examples") await examplesPhase(session, operation);
    if (phase === "boundaries") await boundariesPhase(session, operation);
    if (phase === "generated") await generatedPhase(session, operation, runs, seed);
  }
  if (phase === "boundaries") await methodsPhase(session, operations);
}

/** Takes away what the run has made, the youngest first. */
async function cleanUp(session: Session): Promise<void> {
  for (const resource of session.resources.made.toReversed()) {
    const remove = session.resources.operation("delete", resource.shape);
    if (remove === undefined || !session.authorisation.suffices(remove)) continue;
    const outer = session.resources.made.some(
      ({ shape, values }) =>
        shape !== resource.shape &&
        resource.shape.startsWith(shape) &&
        values.every((value, index) => value === resource.values[index]),
    );
    // What is around it goes, and takes it along.
    if (outer && session.resources.operation("delete", resource.shape.replace(/\/[^/]+\/\{\}$/, "")))
      continue;
    await session.follow(session.write(await session.plain(remove, "sequences", { resource })));
  }
  session.resources.clear();
}

/** What a run would send, operation by operation: how many requests in which phase. */
export async function planConformance(
  document: string | object,
  options: ConformanceOptions = {},
): Promise<readonly { readonly operation: string; readonly requests: Readonly<Record<Phase, number>> }[]> {
  const { operations } = selectOperations(await loadDocument(document), options);
  const session = new Session({
    operations,
    baseUrl: "http://localhost",
    sender: new Sender({ maxRequests: 0, maxTime: 0 }),
    authorisation: new Authorisation(options),
    maxTime: 0,
    seed: options.seed ?? 1,
  });
  const chosen = options.phases ?? phases;
  return operations.map((operation) => {
    const bodies = (operation.requestBody?.contents ?? []).reduce(
      (sum, { examples }) => sum + examples.length,
      0,
    );
    const counts: Record<Phase, number> = {
      examples: bodies + 1,
      boundaries: boundaryVariations(operation, session.values).length,
      generated: options.runs ?? 25,
      sequences: 1,
    };
    const requests = Object.fromEntries(
      phases.map((phase) => [phase, chosen.includes(phase) ? counts[phase] : 0]),
    );
    return { operation: nameOf(operation), requests: requests as Record<Phase, number> };
  });
}
