import Negotiator from "negotiator";
import type { Content, Example, Operation, ResponseDescription } from "../document/operation.ts";
import { Problem } from "../problem.ts";
import type { Violation } from "../violation.ts";

/** What a request asks for, out of its `Prefer` and `Accept` headers. */
export interface Wish {
  readonly code?: number | undefined;
  readonly example?: string | undefined;
  readonly dynamic: boolean;
  readonly accept: string | undefined;
}

/** The documented response that answers a request. */
export interface Choice {
  readonly status: number;
  readonly response: ResponseDescription;
  /** Undefined: no `Content-Type` is sent. */
  readonly mediaType?: string;
  readonly content?: Content;
  /** Undefined: the body is generated from the content's schema. */
  readonly example?: Example;
  /** Why this response, for the log. */
  readonly reason: string;
}

/** Selects one of several examples where the request named none; undefined: the first. */
export type ExampleSelector = (content: Content, status: number) => Example | undefined;

/**
 * The response for a request that keeps its contract.
 *
 * @throws {Problem} 404 for a status or an example the document lacks, 406 where no media type fits
 */
export function chooseResponse(operation: Operation, wish: Wish, select: ExampleSelector): Choice {
  const { responses, method } = operation;
  if (wish.code === undefined) {
    const response = defaultResponse(responses);
    if (!response) throw new Problem("NO_RESPONSE_RESPONSE_DEFINED", "The operation documents no response.");
    return fill(response, method, wish, select, "default status");
  }
  const response = responseFor(responses, wish.code) ?? responseAs(responses, "default", wish.code);
  if (!response) {
    throw new Problem("NOT_FOUND", `Requested status code ${wish.code} is not defined in the document.`);
  }
  try {
    return fill(response, method, wish, select, "status asked for");
  } catch (error) {
    const fallback = defaultResponse(responses);
    if (!fallback) throw error;
    try {
      return fill(fallback, method, wish, select, `default status, as ${wish.code} cannot be served so`);
    } catch {
      throw error;
    }
  }
}

interface Numbered {
  readonly status: number;
  readonly response: ResponseDescription;
}

/** The lowest 2xx, then `default` as 200, then the first one listed. */
function defaultResponse(responses: readonly ResponseDescription[]): Numbered | undefined {
  const [lowest] = responses
    .filter(({ code }) => /^2(\d\d|XX)$/i.test(code))
    .sort((a, b) => (a.code < b.code ? -1 : 1));
  const response = lowest ?? responses.find(({ code }) => code === "default") ?? responses[0];
  if (!response) return undefined;
  const status = response.code === "default" ? 200 : Number(response.code.replace(/XX$/i, "00"));
  return Number.isInteger(status) && status >= 200 && status <= 599
    ? { status, response }
    : { status: 200, response };
}

/** The response documented for a status: exactly, or by its range (`4XX`). */
function responseFor(responses: readonly ResponseDescription[], status: number): Numbered | undefined {
  return (
    responseAs(responses, String(status), status) ?? responseAs(responses, `${String(status)[0]}XX`, status)
  );
}

function responseAs(
  responses: readonly ResponseDescription[],
  code: string,
  status: number,
): Numbered | undefined {
  const response = responses.find((one) => one.code.toUpperCase() === code.toUpperCase());
  return response && { status, response };
}

/** The response that a status falls under: exactly, by its range, or `default`. */
export function describedResponse(operation: Operation, status: number): ResponseDescription | undefined {
  return (responseFor(operation.responses, status) ?? responseAs(operation.responses, "default", status))
    ?.response;
}

function fill(
  { status, response }: Numbered,
  method: string,
  wish: Wish,
  select: ExampleSelector,
  reason: string,
): Choice {
  if (method === "head") return { status, response, reason };
  const { contents } = response;
  if (wish.accept === undefined) {
    const content =
      contents.find(({ mediaType }) => mediaType === "*/*") ?? acceptable(contents, "application/json, */*");
    if (!content) return { status, response, mediaType: "text/plain", reason };
    return { status, response, ...withExample(content, status, wish, select, reason) };
  }
  const content = acceptable(contents, wish.accept);
  if (content) {
    const filled = withExample(content, status, wish, select, reason);
    return {
      status,
      response,
      ...filled,
      mediaType: content.mediaType === "*/*" ? "text/plain" : content.mediaType,
    };
  }
  if (contents.length === 0 || status === 204 || wish.accept.includes("*/*"))
    return { status, response, reason };
  const asked = wish.accept.split(",").join(",");
  throw new Problem("NOT_ACCEPTABLE", `Unable to find content for ${asked}`);
}

function withExample(content: Content, status: number, wish: Wish, select: ExampleSelector, reason: string) {
  const { mediaType, examples } = content;
  if (wish.example !== undefined) {
    const example = examples.find(({ key }) => key === wish.example);
    if (!example) {
      const detail = `Response for contentType: ${mediaType} and exampleKey: ${wish.example} does not exist.`;
      throw new Problem("NOT_FOUND", detail);
    }
    return { mediaType, content, example, reason: `${reason}, example "${example.key}" asked for` };
  }
  const [first] = examples;
  if (first === undefined || (wish.dynamic && content.schema)) {
    return {
      mediaType,
      content,
      reason: `${reason}, ${wish.dynamic ? "generated" : "sampled"} from the schema`,
    };
  }
  const matching = examples.length > 1 ? select(content, status) : undefined;
  const example = matching ?? first;
  return {
    mediaType,
    content,
    example,
    reason: `${reason}, ${matching ? "matching" : "first"} example "${example.key}"`,
  };
}

/** The content that an `Accept` header likes best, by its weights; parameters count only if something matches with them. */
function acceptable(contents: readonly Content[], accept: string): Content | undefined {
  const available = contents.map(({ mediaType }) => mediaType);
  for (const header of [accept, withoutParameters(accept)]) {
    const [best] = new Negotiator({ headers: { accept: header } }).mediaTypes(available);
    if (best !== undefined) return contents.find(({ mediaType }) => mediaType === best);
  }
  return undefined;
}

function withoutParameters(accept: string): string {
  return accept
    .split(",")
    .map((range) => range.split(";").filter((part, index) => index === 0 || /^\s*q=/i.test(part)))
    .map((parts) => parts.join(";"))
    .join(",");
}

/**
 * The response for a request that breaks its contract: the documented 401, or the first of 415, 422 and 400,
 * or `default`, with its first example. Undefined where none is documented.
 *
 * @throws {Problem} 404 for an example asked for that the response lacks
 */
export function chooseErrorResponse(
  operation: Operation,
  violations: readonly Violation[],
  wish: Wish,
): Choice | undefined {
  const statuses = expectedStatuses(violations);
  const [first] = statuses;
  const found =
    statuses
      .map((status) => responseFor(operation.responses, status))
      .find((response) => response !== undefined) ?? responseAs(operation.responses, "default", first);
  if (!found) return undefined;
  const { status, response } = found;
  const reason = `documented ${response.code} for an invalid request`;
  const withExamples = response.contents.find(({ examples }) => examples.length > 0);
  if (!withExamples) {
    const content = response.contents.find(({ schema }) => schema !== undefined);
    return { status, response, reason, ...(content && { content, mediaType: content.mediaType }) };
  }
  const asked = wish.code !== undefined && statuses.includes(wish.code) ? wish.example : undefined;
  const example =
    asked === undefined ? withExamples.examples[0] : withExamples.examples.find(({ key }) => key === asked);
  if (!example) {
    const detail = `Response for contentType: ${withExamples.mediaType} and exampleKey: ${asked} does not exist.`;
    throw new Problem("NOT_FOUND", detail);
  }
  return { status, response, reason, content: withExamples, mediaType: withExamples.mediaType, example };
}

function expectedStatuses(violations: readonly Violation[]): [number, ...number[]] {
  if (violations.some(({ code }) => code === 401)) return [401];
  return violations.some(({ code }) => code === 415) ? [415, 422, 400] : [422, 400];
}
