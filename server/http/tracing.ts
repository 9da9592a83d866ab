import type { Context, Span } from "@opentelemetry/api";
import type { FastifyInstance, FastifyRequest } from "fastify";

/**
 * A span for each request (OpenTelemetry's semantic conventions for HTTP servers), below that of the caller where it
 * sent a `traceparent`. No address is in it but the route: a path holds the ids of users. Exported over OTLP/HTTP to
 * where `OTEL_EXPORTER_OTLP_ENDPOINT` and its siblings say, and what is left when the application closes.
 *
 * @throws Error where the packages, which nobody else needs, are not installed
 */
export async function registerTracing(app: FastifyInstance): Promise<void> {
  const { api, sdk, exporter, resources } = await loadOpenTelemetry();
  const provider = new sdk.TracerProvider({
    resource: resources.resourceFromAttributes({
      "service.name": process.env.OTEL_SERVICE_NAME?.trim() || "authentication-methods",
    }),
    spanProcessors: [new sdk.BatchSpanProcessor({ exporter: new exporter.OTLPTraceExporter() })],
  });
  const tracer = provider.getTracer("authentication-methods");
  const spans = new WeakMap<FastifyRequest, Span>();

  app.addHook("onRequest", (request, _reply, done) => {
    const route = request.routeOptions.url ?? "";
    if (!route.startsWith("/health/")) {
      const span = tracer.startSpan(
        `${request.method} ${route}`.trim(),
        {
          kind: api.SpanKind.SERVER,
          attributes: {
            "http.request.method": request.method,
            "http.route": route,
            "http.request.header.x-request-id": request.id,
          },
        },
        parent(request.headers.traceparent),
      );
      spans.set(request, span);
    }
    done();
  });
  app.addHook("onResponse", (request, reply, done) => {
    const span = spans.get(request);
    span?.setAttribute("http.response.status_code", reply.statusCode);
    if (reply.statusCode >= 500) span?.setStatus({ code: api.SpanStatusCode.ERROR });
    span?.end();
    done();
  });
  app.addHook("onRequestAbort", (request, done) => {
    spans.get(request)?.setStatus({ code: api.SpanStatusCode.ERROR, message: "the caller went away" });
    spans.get(request)?.end();
    done();
  });
  app.addHook("onClose", () => provider.shutdown());

  /** W3C Trace Context, section 3.2: what is malformed is as if it were not there. */
  function parent(traceparent: unknown): Context {
    const [, traceId = "", spanId = "", flags = "0"] =
      /^[\da-f]{2}-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})(?:-.*)?$/.exec(String(traceparent)) ?? [];
    const context = { traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true };
    if (!api.isSpanContextValid(context)) return api.ROOT_CONTEXT;
    return api.trace.setSpanContext(api.ROOT_CONTEXT, context);
  }
}

async function loadOpenTelemetry() {
  try {
    const [api, sdk, exporter, resources] = await Promise.all([
      import("@opentelemetry/api"),
      import("@opentelemetry/sdk-trace"),
      import("@opentelemetry/exporter-trace-otlp-http"),
      import("@opentelemetry/resources"),
    ]);
    return { api, sdk, exporter, resources };
  } catch {
    throw new Error(
      "OTEL_EXPORTER_OTLP_ENDPOINT is set and OpenTelemetry is not installed: npm install @opentelemetry/api@1 @opentelemetry/sdk-trace@3.1.0 @opentelemetry/resources@3.1.0 @opentelemetry/exporter-trace-otlp-http@0.301.0.",
    );
  }
}
