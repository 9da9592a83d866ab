import type { FastifyRequest } from "fastify";
import { checkConformance } from "../conformance/index.ts";
import { coveragePlugin, Recorder, reportCoverage } from "../coverage/index.ts";
import {
  type Handlers,
  registerContract,
  registerErrorAnswers,
  UnauthorizedError,
} from "../fastify/index.ts";
import { documentedAnswers } from "../mock/documented-answers.ts";
import { basePath, ContractSetupError, loadDocument, type Problem } from "../openapi/index.ts";
import { type ConformanceChoice, conformanceOf, credential } from "./conformance-choice.ts";
import { errorOptions } from "./error-schema.ts";
import { type Project, readProject } from "./project.ts";
import { sampleRequest } from "./sample-request.ts";

/** A request that the server of a contract answers by its documented examples. */
export interface TriedRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** The status of the answer that is documented. */
  readonly status: number;
  /** Why the contract's own examples and samples are not answered so; undefined where they are. */
  readonly reason: string | undefined;
}

/** A contract that has been served once. */
export interface Trial {
  readonly project: Project;
  /** What can only be served leniently; none: the contract is served strictly. */
  readonly problems: readonly Problem[];
  /** By the operation's id. */
  readonly requests: ReadonlyMap<string, TriedRequest>;
  readonly conformance: ConformanceChoice;
  /** The keys of what a conformance run finds: mostly statuses about which the contract is silent. */
  readonly findings: readonly string[];
  /** How much of the contract these requests exercise at least, in tens of percent. */
  readonly coverage: number;
}

/** Serves a contract by its documented examples, strictly where that goes, and sends each operation one request. */
export async function tryContract(file: string): Promise<Trial> {
  try {
    return await serve(file, true);
  } catch (error) {
    if (!(error instanceof ContractSetupError)) throw error;
    return { ...(await serve(file, false)), problems: error.problems };
  }
}

async function serve(file: string, strict: boolean): Promise<Trial> {
  const { default: fastify } = await import("fastify");
  const document = await loadDocument(file, { strict });
  const project = readProject(document);
  const answers = documentedAnswers(document);
  const operations = project.groups.flatMap((group) => group.operations);
  const recorder = new Recorder(document);
  const app = fastify({ routerOptions: { maxParamLength: 4096 } });
  registerErrorAnswers(app, errorOptions(project));
  await app.register(coveragePlugin, { recorder });
  let isOpen = true;
  const securityHandler = ({ url, headers }: FastifyRequest) => {
    if (!isOpen && !JSON.stringify([url, headers]).includes(credential))
      throw new UnauthorizedError("No credentials.", "Bearer");
    return {};
  };
  await registerContract<Record<string, unknown>, object>(app, {
    document,
    handlers: Object.fromEntries(operations.map(({ id }) => [id, () => answers(id)])) as unknown as Handlers<
      Record<string, unknown>,
      object
    >,
    securityHandlers: Object.fromEntries(project.schemes.map(({ name }) => [name, securityHandler])),
    lenient: !strict,
  });
  await app.ready();
  const base = basePath(document);
  const requests = new Map<string, TriedRequest>();
  for (const operation of operations) {
    const { status } = answers(operation.id);
    const { method, url, headers, body } = sampleRequest(operation);
    const answer = await app.inject({
      method: method as "GET",
      url: `${base}${url}`,
      headers,
      ...(body !== undefined && { payload: body }),
    });
    const reason = answer.statusCode === status ? undefined : reasonOf(answer.body, answer.statusCode);
    requests.set(operation.id, { method, url, headers, ...(body !== undefined && { body }), status, reason });
  }
  isOpen = false;
  const conformance = conformanceOf(project);
  const origin = await app.listen({ host: "127.0.0.1", port: 0 });
  const { findings } = await checkConformance(document.root, origin, conformance);
  await app.close();
  const { items, missing } = reportCoverage(document, recorder.hits);
  return {
    project,
    problems: [],
    requests,
    conformance,
    findings: findings.map(({ key }) => key).sort(),
    coverage: 10 * Math.floor((10 * (items.length - missing.length)) / Math.max(1, items.length)),
  };
}

function reasonOf(body: string, status: number): string {
  try {
    return String(JSON.parse(body).message);
  } catch {
    return `It is answered with ${status}.`;
  }
}
