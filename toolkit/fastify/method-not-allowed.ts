import type { FastifyInstance } from "fastify";
import { MethodNotAllowedError } from "./errors.ts";

/**
 * Answers the methods that a path of the contract lacks. OPTIONS is left to the application: CORS preflights use it.
 * @param methods the methods that the contract has, by the router's path
 */
export function refuseOtherMethods(
  scope: FastifyInstance,
  methods: ReadonlyMap<string, readonly string[]>,
): void {
  for (const [url, declared] of methods) {
    const allow = declared.includes("GET") ? [...new Set([...declared, "HEAD"])] : declared;
    const others = scope.supportedMethods.filter((method) => method !== "OPTIONS" && !allow.includes(method));
    scope.route({
      method: others,
      url,
      exposeHeadRoute: false,
      onRequest(_request, reply, done) {
        reply.header("allow", allow.join(", "));
        done(new MethodNotAllowedError(allow));
      },
      handler: () => undefined,
    });
  }
}
