import { isUtf8 } from "node:buffer";
import { MalformedBodyError } from "contract-first/fastify";
import type { FastifyInstance, FastifyRequest } from "fastify";

const limits = { depth: 4, parameterLimit: 1000 };

/**
 * Reads forms (URL Standard, section 5). What is no UTF-8, percent-encoded or not, is refused: kept as replacement
 * characters it would be another value than the one that was sent.
 */
export function registerFormParser(app: FastifyInstance): void {
  app.addContentTypeParser(
    "application/x-www-form-urlencoded",
    { parseAs: "buffer" },
    (_request: FastifyRequest, body: Buffer) => parseForm(body),
  );
}

async function parseForm(body: Buffer): Promise<object> {
  const text = isUtf8(body) ? body.toString() : undefined;
  if (text === undefined) throw new MalformedBodyError("The body is not valid UTF-8.");
  if (/^\s*[[{]/.test(text) && isJson(text))
    throw new MalformedBodyError(
      "The body is JSON and its Content-Type, which many clients set where none is given, says that it is a form: send Content-Type: application/json.",
    );
  // Loaded with the first form, which few clients send.
  const { default: qs } = await import("qs");
  return qs.parse(text, { ...limits, decoder: decode });
}

function decode(encoded: string): string {
  try {
    return decodeURIComponent(encoded.replaceAll("+", " "));
  } catch {
    throw new MalformedBodyError("The body has percent-encoding that stands for no UTF-8.");
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
