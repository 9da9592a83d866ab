import { Ajv2020 } from "ajv/dist/2020.js";
import formats from "ajv-formats";
import { createMock } from "contract-first/mock";
import {
  type ContractSetupError,
  type JsonSchema,
  listOperations,
  loadDocument,
  type Operation,
  readOperation,
} from "contract-first/openapi";
import { conformanceOfMock, type MockConformance } from "./conformance-of-mock.ts";
import { openServer } from "./open-server.ts";

/** Whether something could be done, else the first reason why not. */
export interface Outcome {
  readonly ok: boolean;
  readonly reason?: string;
}

async function attempt(run: () => Promise<void>): Promise<Outcome> {
  try {
    await run();
    return { ok: true };
  } catch (error) {
    const { problems = [], message } = error as Partial<ContractSetupError> & Error;
    const [first = message] = problems.map((problem) => problem.message);
    return { ok: false, reason: `${problems.length > 1 ? `${problems.length} problems: ` : ""}${first}` };
  }
}

async function serve(file: string, lenient: boolean): Promise<void> {
  const document = await loadDocument(file, { strict: !lenient });
  const app = await openServer(document, { lenient });
  await app.ready();
  await app.close();
}

/** Every default answer, held against an Ajv that knows nothing of the mock's. */
async function mock(file: string) {
  const mocked = await createMock(file, { port: false, auth: false, validate: false });
  const [document] = mocked.documents;
  if (document === undefined) throw new Error("There is no document.");
  const operations = listOperations(document).map((entry) => readOperation(document, entry));
  let slowest = 0;
  const answers: { operation: Operation; answer: Response; text: string }[] = [];
  for (const operation of operations) {
    const url = operation.path.replaceAll(/\{[^{}]*\}/g, "1");
    const begun = process.cpuUsage();
    const answer = await mocked.fetch(url, { method: operation.method.toUpperCase() });
    // Of the processor: how long a busy machine takes says little of the mock.
    const { user, system } = process.cpuUsage(begun);
    slowest = Math.max(slowest, (user + system) / 1000);
    answers.push({ operation, answer, text: await answer.text() });
  }
  await mocked.close();
  // Before the judge needs some, too.
  const megabytes = Math.round(process.resourceUsage().maxRSS / 1024);
  return { operations: operations.length, slowest: Math.round(slowest), megabytes, ...judge(answers) };
}

function judge(
  answers: readonly { readonly operation: Operation; readonly answer: Response; readonly text: string }[],
) {
  const ajv = new Ajv2020({
    strict: false,
    allErrors: false,
    logger: false,
    validateFormats: true,
    addUsedSchema: false,
    inlineRefs: false,
    code: { optimize: false },
  });
  formats.default(ajv);
  let right = 0;
  let reported = 0;
  const wrong: string[] = [];
  for (const { operation, answer, text } of answers) {
    const { id, responses } = operation;
    const response =
      responses.find(({ code }) => code === String(answer.status)) ??
      responses.find(({ code }) => code.toUpperCase() === `${Math.floor(answer.status / 100)}XX`) ??
      responses.find(({ code }) => code === "default");
    const schema = response?.contents.find(({ mediaType }) => /json/i.test(mediaType))?.schema?.json;
    if (answer.status >= 500 && response === undefined) wrong.push(`${id}: ${answer.status}`);
    else if (schema === undefined || text === "" || !/json/.test(answer.headers.get("content-type") ?? ""))
      right += 1;
    else if (isValid(ajv, schema, text)) right += 1;
    else if (answer.headers.has("sl-violations")) reported += 1;
    else wrong.push(id);
  }
  return { right, reported, wrong };
}

function isValid(ajv: Ajv2020, schema: JsonSchema, text: string): boolean {
  try {
    return ajv.compile(schema)(JSON.parse(text)) === true;
  } catch {
    // What no independent validator compiles is nobody's answer to judge.
    return true;
  }
}

/**
 * What reader, bridge, mock and conformance run make of a document that nobody here wrote.
 *
 * @param maxRequests of the conformance run
 */
export async function examine(file: string, maxRequests: number) {
  let answers: Awaited<ReturnType<typeof mock>> | undefined;
  // First: what it takes of memory is its own then.
  const mocked = await attempt(async () => {
    answers = await mock(file);
  });
  const reader = await attempt(async () => {
    await loadDocument(file);
  });
  const strict = await attempt(() => serve(file, false));
  const lenient = await attempt(() => serve(file, true));
  let conformance: MockConformance | undefined;
  const conforms = await attempt(async () => {
    if (mocked.ok) conformance = await conformanceOfMock(file, maxRequests);
  });
  return { reader, strict, lenient, mocked, answers, conforms, conformance };
}
