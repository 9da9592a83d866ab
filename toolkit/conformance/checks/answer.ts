import type { Content, Header, Operation, ResponseDescription } from "../../openapi/index.ts";
import { isJson, specificity } from "../../openapi/media-type.ts";
import { asksForCredentials } from "../request/credentials.ts";
import type { RequestCase } from "../request/request-case.ts";
import type { Answer, Exchange } from "../request/send.ts";
import { validatorOf } from "../values/validator.ts";
import type { CheckName, Fault } from "./fault.ts";
import { readText } from "./text-value.ts";

const stackTraces = [
  /^\s+at .+[(:].+:\d+(?::\d+)?\)?$/m,
  /Traceback \(most recent call last\)/,
  /^\s+at [\w$.]+\([\w]+\.java:\d+\)/m,
  /\b[\w/]+\.(?:go|rb|php|py):\d+\b.*\n.*\b[\w/]+\.(?:go|rb|php|py):\d+/,
  /goroutine \d+ \[/,
  /node_modules\/|\/site-packages\//,
];

/** Server errors that a contract may document: they tell of a moment, not of a fault. */
const passing = new Set([501, 503, 507]);

/** What is wrong with an answer, whatever was asked. */
export function checkAnswer(request: RequestCase, exchange: Exchange, maxTime: number): Fault[] {
  const { answer } = exchange;
  if (answer === undefined) {
    return [fault("no-answer", `There was no answer: ${exchange.failure}.`)];
  }
  const { status } = answer;
  const faults: Fault[] = [];
  // A method that an operation does not have is no operation's to describe.
  const isForeign = request.intent.kind === "wrong method";
  const documented = isForeign ? undefined : describedAs(request.operation, status);
  const isPassing = documented !== undefined && (passing.has(status) || !describesSuccess(request.operation));
  if (status >= 500 && !isPassing)
    faults.push(fault("server-error", `The server failed with ${status}.`, status));
  if (answer.milliseconds > maxTime)
    faults.push(fault("slow-answer", `The answer took ${(answer.milliseconds / 1_000).toFixed(1)} s.`));
  if (status === 401 && !answer.headers.has("www-authenticate") && hasChallenge(request.operation))
    faults.push(fault("missing-challenge", "401 came without WWW-Authenticate (RFC 9110, section 11.6.1)."));
  // In a JSON string a line ends with two characters.
  const text = answer.text.replaceAll("\\n", "\n");
  if (stackTraces.some((pattern) => pattern.test(text)))
    faults.push(fault("stack-trace", `${status} shows a stack trace.`, status));
  if (documented !== undefined)
    return [...faults, ...checkDescribed(documented, answer, request.method === "HEAD")];
  const { length: described } = request.operation.responses;
  const isUnsaid = described === 0 || (status >= 400 && isSaidElsewhere(request, status));
  if (status < 500 && !isUnsaid && !isForeign)
    faults.push(
      fault(
        "undocumented-status",
        `${status} is not documented (${codesOf(request.operation)} are).`,
        status,
      ),
    );
  return faults;
}

/** Some contracts document failures alone. */
export function describesSuccess({ responses }: Operation): boolean {
  return responses.length === 0 || responses.some(({ code }) => /^(?:[123]|default$)/i.test(code));
}

/** How the contract describes a status: by itself, by its class, or by `default`. */
export function describedAs({ responses }: Operation, status: number): ResponseDescription | undefined {
  const by = (code: string) => responses.find((response) => response.code.toUpperCase() === code);
  return by(String(status)) ?? by(`${Math.floor(status / 100)}XX`) ?? by("DEFAULT");
}

/** What HTTP itself answers with to a request that is too large, too long, or of another media type. */
const ofHttp = new Set([406, 413, 414, 415, 431]);

/** Whether a refusal is one that a contract need not document for each of its operations. */
function isSaidElsewhere({ operation, intent }: RequestCase, status: number): boolean {
  // 429 may come at any time, and a security requirement says by itself that it may be refused.
  if (status === 429 || (status === 401 && asksForCredentials(operation))) return true;
  if (intent.kind === "valid") return false;
  if (status === 403 && asksForCredentials(operation)) return true;
  return ofHttp.has(status) || !describesRefusals(operation);
}

/** Whether an operation documents how a request is refused that is not as it should be. */
function describesRefusals({ responses }: Operation): boolean {
  return responses.some(({ code }) => /^(?:400|422|4xx|default)$/i.test(code));
}

/** Whether there is a scheme to name in `WWW-Authenticate`: HTTP has none for API keys. */
function hasChallenge({ security }: Operation): boolean {
  const schemes = security.flat();
  return schemes.length === 0 || schemes.some(({ scheme }) => scheme?.type !== "apiKey");
}

function codesOf({ responses }: Operation): string {
  return responses.map(({ code }) => code).join(", ");
}

function checkDescribed(response: ResponseDescription, answer: Answer, isHead: boolean): Fault[] {
  return [
    ...response.headers.flatMap((header) => checkHeader(header, response, answer)),
    ...(isHead ? [] : checkBody(response, answer)),
  ];
}

function checkHeader(header: Header, response: ResponseDescription, answer: Answer): Fault[] {
  const { name, required, schema } = header;
  if (name.toLowerCase() === "content-type") return [];
  const text = answer.headers.get(name);
  const place = `${response.pointer}/headers/${name}`;
  if (text === null)
    return required
      ? [fault("missing-header", `${answer.status} came without its header ${name}.`, place)]
      : [];
  if (schema === undefined || header.content !== undefined) return [];
  const [error] = validatorOf(schema).errors(readText(text, schema.json));
  return error === undefined
    ? []
    : [fault("wrong-header", `The header ${name} of ${answer.status} ${error.message}.`, place)];
}

function checkBody(response: ResponseDescription, answer: Answer): Fault[] {
  const { status, text } = answer;
  if (status === 204 || status === 304)
    return text === "" ? [] : [fault("unexpected-body", `${status} came with a body.`, status)];
  if (response.contents.length === 0) return [];
  const type = answer.headers.get("content-type");
  const content = type === null ? undefined : contentOf(response, type);
  if (content === undefined) {
    if (type === null && text === "" && answer.headers.get("content-length") === "0") return [];
    const documented = response.contents.map(({ mediaType }) => mediaType).join(", ");
    const message = `${status} is ${type ?? "without a media type"}, where ${documented} is documented.`;
    return [fault("undocumented-media-type", message, `${status} ${type?.split(";")[0]}`)];
  }
  return checkContent(content, answer, type ?? "");
}

/** The most specific of the documented media types that an answer's falls under. */
export function contentOf({ contents }: ResponseDescription, type: string): Content | undefined {
  return contents
    .map((content) => ({ content, rank: specificity(content.mediaType, type) }))
    .filter(({ rank }) => rank > 0)
    .toSorted((a, b) => b.rank - a.rank)[0]?.content;
}

function checkContent({ schema, pointer }: Content, { status, text }: Answer, type: string): Fault[] {
  if (!isJson(type)) return [];
  const value = parse(text);
  if (value === undefined)
    return [fault("malformed-body", `${status} is ${type}, and its body is no JSON.`, pointer)];
  if (schema === undefined) return [];
  const errors = validatorOf(schema).errors(value.json);
  // Of alternatives each tells what it misses; the deepest look at what is there.
  const [error] = errors.toSorted((a, b) => b.instancePath.length - a.instancePath.length);
  if (error === undefined) return [];
  const detail = "additionalProperty" in error.params ? ` (${error.params.additionalProperty})` : "";
  const place = error.instancePath === "" ? "The body" : `The body's ${error.instancePath}`;
  const message = `${place} of ${status} ${error.message}${detail}.`;
  return [
    fault(
      "wrong-body",
      message,
      `${pointer} ${error.instancePath.replaceAll(/\/\d+/g, "/0")} ${error.keyword}${detail}`,
    ),
  ];
}

function parse(text: string): { json: unknown } | undefined {
  try {
    return { json: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

export function fault(check: CheckName, message: string, place: string | number = ""): Fault {
  return { check, message, key: `${check} ${place}` };
}
