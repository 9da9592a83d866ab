import type { FastifyInstance } from "fastify";

/** Lets pages of these origins call the API. None: browsers are told nothing, so they refuse. */
export async function registerCors(app: FastifyInstance, origins: readonly string[] | "*"): Promise<void> {
  if (origins.length === 0) return;
  const { default: cors } = await import("@fastify/cors");
  await app.register(cors, {
    origin: origins === "*" ? "*" : [...origins],
    methods: ["GET", "POST", "PUT", "PATCH", "DELETE"],
    exposedHeaders: [
      "Retry-After",
      "WWW-Authenticate",
      "X-RateLimit-Limit",
      "X-RateLimit-Remaining",
      "X-RateLimit-Reset",
      "RateLimit",
      "RateLimit-Policy",
      "X-Request-Id",
    ],
    maxAge: 600,
  });
}
