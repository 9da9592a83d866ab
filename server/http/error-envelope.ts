import { STATUS_CODES } from "node:http";
import type { Error as ErrorEnvelope } from "../../generated/openapi.d.ts";

/** RFC 9110 renamed two of the reasons that Node still has under their old names. */
const reasons: Readonly<Record<number, string>> = { 413: "Content Too Large", 422: "Unprocessable Content" };

/** The body of every error: the contract's one envelope. */
export function errorEnvelope(statusCode: number, message: string, errorCode?: string): ErrorEnvelope {
  const error = reasons[statusCode] ?? STATUS_CODES[statusCode] ?? "Error";
  return { statusCode, error, message, ...(errorCode !== undefined && { errorCode }) };
}
