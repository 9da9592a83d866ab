import type { FastifyInstance } from "fastify";
import type { Recorder } from "./recorder.ts";

/**
 * A Fastify plugin that records what the server's routes answer. Register it before the routes.
 *
 * @example
 * app.register(coveragePlugin, { recorder });
 */
export async function coveragePlugin(
  app: FastifyInstance,
  { recorder }: { readonly recorder: Pick<Recorder, "record"> },
): Promise<void> {
  const bodies = new WeakMap<object, string>();
  app.addHook("onSend", async (request, _reply, payload) => {
    if (typeof payload === "string" || Buffer.isBuffer(payload)) bodies.set(request, String(payload));
    return payload;
  });
  app.addHook("onResponse", async (request, reply) => {
    const { method, url, headers, body } = request;
    recorder.record({
      method,
      url,
      requestHeaders: headersOf(headers),
      requestBody:
        body === undefined || body === null ? "" : typeof body === "string" ? body : JSON.stringify(body),
      status: reply.statusCode,
      responseHeaders: headersOf(reply.getHeaders()),
      responseBody: bodies.get(request) ?? "",
    });
  });
}

/** Fastify shall not put the plugin's hooks into a context of their own. */
Object.assign(coveragePlugin, { [Symbol.for("skip-override")]: true });

function headersOf(headers: Readonly<Record<string, unknown>>): Headers {
  return new Headers(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, String(value)] as [string, string]],
    ),
  );
}
