import type { Operation } from "../../openapi/operation.ts";
import { Problem } from "../problem.ts";
import type { Violation } from "../violation.ts";
import { type Choice, responseAs, responseFor, type Wish } from "./negotiation.ts";

const invalidDetail =
  "Your request is not valid and no HTTP validation response was found in the spec, so Prism is generating this error for you.";
const unauthorizedDetail =
  "Your request does not fullfil the security requirements and no HTTP unauthorized response was found in the spec, so Prism is generating this error for you.";

/**
 * The answer to a request that breaks its contract.
 *
 * @throws Problem 400, 401, 415 or 422 where the document describes no such answer, 404 for an example it lacks
 */
export function chooseRefusal(operation: Operation, violations: readonly Violation[], wish: Wish): Choice {
  const choice = documentedRefusal(operation, violations, wish);
  if (choice) return choice;
  const unauthorized = violations.find(({ code }) => code === 401);
  if (unauthorized) {
    const challenge = unauthorized.challenges?.join(",");
    const options = challenge ? { headers: { "WWW-Authenticate": challenge } } : {};
    throw new Problem("UNAUTHORIZED", unauthorizedDetail, options);
  }
  const malformed = violations.find(({ code }) => code === 400);
  if (malformed) throw new Problem("MALFORMED_JSON", malformed.message);
  const unsupported = violations.find(({ code }) => code === 415);
  if (unsupported) throw new Problem("INVALID_CONTENT_TYPE", unsupported.message);
  throw new Problem("UNPROCESSABLE_ENTITY", invalidDetail, { violations });
}

/**
 * The documented response for a request that breaks its contract: the 401, the 400 for a body that cannot be read, or the
 * first of 415, 422 and 400, or `default`, with its first example. Undefined where none is documented.
 *
 * @throws Problem 404 for an example asked for that the response lacks
 */
function documentedRefusal(
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
  if (violations.some(({ code }) => code === 400)) return [400];
  return violations.some(({ code }) => code === 415) ? [415, 422, 400] : [422, 400];
}
