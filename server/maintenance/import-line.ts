import { isUtf8 } from "node:buffer";
import { componentChecks, hasHalfOfAPair, InvalidRequestError } from "contract-first/fastify";
import { isObject } from "contract-first/openapi";
import type { CreateAuthenticationMethodRequest, CreateUserRequest } from "../../generated/openapi.d.ts";
import { document, formats } from "../contract.ts";
import type { PreviousUse } from "../store/store.ts";

/** What a line asks for. */
export type ImportRequest =
  | { readonly userId: string; readonly user: CreateUserRequest }
  | {
      readonly userId: string;
      readonly method: CreateAuthenticationMethodRequest;
      /** Undefined where the line tells nothing of it. */
      readonly previousUse: PreviousUse | undefined;
    };

/** A line that asks for nothing that can be created; the message names the property and repeats no value. */
export class BadLineError extends Error {
  override readonly name = "BadLineError";
}

const dateTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/;

/** In bytes: what the server takes as a body. */
export const longestLine = 64 * 1024;

/**
 * Makes the function that reads one line, without its end, into what it asks for; a blank line asks for nothing.
 * What is asked for is held against the contract, as a request's body is.
 *
 * The function throws BadLineError.
 */
export function importLineReader(): (bytes: Buffer | undefined) => ImportRequest | undefined {
  const check = componentChecks(document, formats);
  const [checkUserId, checkUser, checkMethod] = [
    check("UserId"),
    check("CreateUserRequest"),
    check("CreateAuthenticationMethodRequest"),
  ];

  return (bytes) => {
    const text = decode(bytes);
    if (text.trim() === "") return undefined;
    const { user_id: userId, ...request } = parse(text);
    if (userId === undefined) throw new BadLineError("Missing required property: user_id");
    hold(() => checkUserId(userId), "The property 'user_id' must be written <provider>|<id>");
    if (!Object.hasOwn(request, "user")) {
      const { last_auth_at, sign_count, ...method } = request;
      const previousUse = readPreviousUse(last_auth_at, sign_count);
      hold(() => checkMethod(method));
      return {
        userId: userId as string,
        method: method as unknown as CreateAuthenticationMethodRequest,
        previousUse,
      };
    }
    if (Object.keys(request).length > 1)
      throw new BadLineError("Beside 'user' and 'user_id' there is another property");
    const { user } = request;
    if (!isObject(user)) throw new BadLineError("The property 'user' must be an object");
    hold(() => checkUser(user));
    if (Object.hasOwn(user, "user_id"))
      throw new BadLineError("The property 'user_id' belongs beside 'user', not into it");
    return { userId: userId as string, user: user as unknown as CreateUserRequest };
  };
}

/** What an export tells of a method's use beside what a create takes. */
function readPreviousUse(lastAuthAt: unknown, signCount: unknown): PreviousUse | undefined {
  if (lastAuthAt === undefined && signCount === undefined) return undefined;
  const moment =
    typeof lastAuthAt === "string" && dateTime.test(lastAuthAt) ? Date.parse(lastAuthAt) : Number.NaN;
  if (lastAuthAt !== undefined && !(moment >= 0))
    throw new BadLineError("The property 'last_auth_at' must be a moment such as 2026-03-10T16:25:51.113Z");
  if (signCount !== undefined && !isSignatureCounter(signCount))
    throw new BadLineError("The property 'sign_count' must be an integer from 0 to 4294967295");
  return {
    lastAuthAt: lastAuthAt === undefined ? undefined : moment * 1000,
    signCount: signCount as number | undefined,
  };
}

function isSignatureCounter(value: unknown): boolean {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 0xffffffff;
}

function decode(bytes: Buffer | undefined): string {
  if (bytes === undefined) throw new BadLineError(`The line is longer than ${longestLine} bytes`);
  if (!isUtf8(bytes)) throw new BadLineError("The line is not valid UTF-8");
  return bytes.toString();
}

function parse(text: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The parser's own message repeats a part of the line.
    throw new BadLineError("The line is not well-formed JSON");
  }
  if (hasHalfOfAPair(text)) throw new BadLineError("The line has half of a surrogate pair");
  if (!isObject(value)) throw new BadLineError("The line is not a JSON object");
  return value;
}

function hold(check: () => void, message?: string): void {
  try {
    check();
  } catch (error) {
    if (!(error instanceof InvalidRequestError)) throw error;
    throw new BadLineError(message ?? printable(error.message));
  }
}

/** Names of properties are the file's, and go to a terminal. */
function printable(message: string): string {
  return message.replaceAll(/\p{Cc}/gu, "\ufffd");
}
