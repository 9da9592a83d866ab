import { isUtf8 } from "node:buffer";
import { componentChecks, hasHalfOfAPair, InvalidRequestError } from "contract-first/fastify";
import { isObject } from "contract-first/openapi";
import type { CreateAuthenticationMethodRequest, CreateUserRequest } from "../../generated/openapi.d.ts";
import { document, formats } from "../contract.ts";

/** What a line asks for. */
export type ImportRequest =
  | { readonly userId: string; readonly user: CreateUserRequest }
  | { readonly userId: string; readonly method: CreateAuthenticationMethodRequest };

/** A line that asks for nothing that can be created; the message names the property and repeats no value. */
export class BadLineError extends Error {
  override readonly name = "BadLineError";
}

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
      hold(() => checkMethod(request));
      return {
        userId: userId as string,
        method: request as unknown as CreateAuthenticationMethodRequest,
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
