import { isObject } from "../../openapi/json.ts";
import type { MockAnswer } from "../message.ts";

/** The members that error bodies put a code and a sentence in: Auth0's, RFC 9457's, RFC 6749's, and the usual ones. */
const codes = ["errorCode", "error_code", "code", "error", "type"];
const sentences = ["message", "detail", "error_description", "title", "description"];

/** Why a backend answered as it did, for the log: its error's code and sentence where it gives one. */
export function backendReason({ status, headers, body }: MockAnswer): string {
  const reason = "the application";
  if (status < 400 || body === undefined || headers["content-encoding"] !== undefined) return reason;
  const error = parsed(body.toString());
  if (error === undefined) return reason;
  const textAt = (names: readonly string[]) =>
    names.map((name) => error[name]).find((value) => typeof value === "string" && value !== "");
  const told = [textAt(codes), textAt(sentences)].filter((one) => one !== undefined);
  return told.length === 0 ? reason : `${reason}: ${told.join(": ")}`;
}

function parsed(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
