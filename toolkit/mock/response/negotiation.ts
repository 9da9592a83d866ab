import Negotiator from "negotiator";
import { essence } from "../../openapi/media-type.ts";
import type { Content, Example, Operation, ResponseDescription } from "../../openapi/operation.ts";
import { Problem } from "../problem.ts";

/** What a request asks for, out of its `Prefer` and `Accept` headers. */
export interface Wish {
  readonly code?: number | undefined;
  readonly example?: string | undefined;
  readonly dynamic: boolean;
  /** Answers statuses that the document omits with a problem of that status. */
  readonly lenient: boolean;
  readonly accept: string | undefined;
}

/** The documented response that answers a request. */
export interface Choice {
  readonly status: number;
  readonly response: ResponseDescription;
  /** Undefined: no `Content-Type` is sent. */
  readonly mediaType?: string;
  /** The media type is a range, and the client leaves open what within. */
  readonly isOpen?: boolean;
  readonly content?: Content;
  /** Undefined: the body is generated from the content's schema. */
  readonly example?: Example;
  /** Why this response, for the log. */
  readonly reason: string;
}

/** Selects one of several examples where the request named none; undefined: the first. */
export type ExampleSelector = (content: Content) => Example | undefined;

/**
 * The response for a request that keeps its contract.
 *
 * @throws Problem 404 for a status or an example the document lacks, 406 where no media type fits
 */
export function chooseResponse(operation: Operation, wish: Wish, select: ExampleSelector): Choice {
  const { responses, method } = operation;
  if (wish.code === undefined) {
    // An operation needs no responses since OpenAPI 3.1.
    const response = defaultResponse(responses) ?? { status: 200, response: undocumented };
    const reason = response.response === undocumented ? "no response is documented" : "default status";
    return fill(response, method, wish, select, reason);
  }
  const response = responseFor(responses, wish.code) ?? responseAs(responses, "default", wish.code);
  if (!response && wish.lenient) {
    const detail = `Status ${wish.code} was asked for; the document does not define it.`;
    throw new Problem("UNDOCUMENTED", detail, { status: wish.code });
  }
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

const undocumented: ResponseDescription = { code: "200", headers: [], contents: [], links: [], pointer: "#" };

/** A documented response under the status it is sent with. */
export interface Numbered {
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
export function responseFor(responses: readonly ResponseDescription[], status: number): Numbered | undefined {
  return (
    responseAs(responses, String(status), status) ?? responseAs(responses, `${String(status)[0]}XX`, status)
  );
}

export function responseAs(
  responses: readonly ResponseDescription[],
  code: string,
  status: number,
): Numbered | undefined {
  const response = responses.find((one) => one.code.toUpperCase() === code.toUpperCase());
  return response && { status, response };
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
  const any = wish.accept === undefined && contents.find(({ mediaType }) => mediaType === "*/*");
  if (any) return { status, response, ...withExample(any, wish, select, reason) };
  const found = acceptable(contents, wish.accept ?? "application/json, */*");
  if (found) {
    const filled = withExample(found.content, wish, select, reason);
    const isOpen = essence(found.mediaType).endsWith("/*");
    return { status, response, ...filled, mediaType: found.mediaType, isOpen };
  }
  if (wish.accept === undefined) return { status, response, mediaType: "text/plain", reason };
  if (contents.length === 0 || status === 204 || wish.accept.includes("*/*"))
    return { status, response, reason };
  throw new Problem("NOT_ACCEPTABLE", `Unable to find content for ${wish.accept}`);
}

function withExample(content: Content, wish: Wish, select: ExampleSelector, reason: string) {
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
  const matching = examples.length > 1 ? select(content) : undefined;
  const example = matching ?? first;
  return {
    mediaType,
    content,
    example,
    reason: `${reason}, ${matching ? "matching" : "first"} example "${example.key}"`,
  };
}

/** A content, and the media type to send it as. */
interface Acceptable {
  readonly content: Content;
  /** A range (`text/*`) where the document leaves it open and the client does, too. */
  readonly mediaType: string;
}

/** The content that an `Accept` header likes best, by its weights; parameters count only if something matches with them. */
function acceptable(contents: readonly Content[], accept: string): Acceptable | undefined {
  for (const header of [accept, withoutParameters(accept)]) {
    const named = namedTypes(header);
    const available = contents.flatMap((content) => offers(content, named));
    const [best] = new Negotiator({ headers: { accept: header } }).mediaTypes(
      available.map(({ offered }) => offered),
    );
    const found = best === undefined ? undefined : available.find(({ offered }) => offered === best);
    if (found) return found;
  }
  return undefined;
}

/** What a content can be sent as. A range that the document gives is whatever the client names within it. */
function offers(content: Content, named: readonly string[]): (Acceptable & { readonly offered: string })[] {
  const { mediaType } = content;
  const [type, subtype] = essence(mediaType).split("/");
  if (subtype !== "*") return [{ content, mediaType, offered: mediaType }];
  const within = named.filter((one) => type === "*" || one.startsWith(`${type}/`));
  const usual = type === "*" || type === "application" ? "application/json" : `${type}/plain`;
  return [
    ...within.map((one) => ({ content, mediaType: one, offered: one })),
    { content, mediaType, offered: usual },
  ];
}

/** The media types of an `Accept` header that are no ranges. */
function namedTypes(accept: string): string[] {
  return accept
    .split(",")
    .map((range) => essence(range))
    .filter((type) => type !== "" && !type.includes("*"));
}

function withoutParameters(accept: string): string {
  return accept
    .split(",")
    .map((range) => range.split(";").filter((part, index) => index === 0 || /^\s*q=/i.test(part)))
    .map((parts) => parts.join(";"))
    .join(",");
}
