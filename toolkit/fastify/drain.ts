import type { FastifyInstance } from "fastify";

/** The time between the wish to stop and the stop itself. */
export interface Drain {
  readonly hasBegun: boolean;
  begin(): void;
}

/** While the server drains, answers ask their clients to come back on another connection, which others take. */
export function registerDrain(app: FastifyInstance): Drain {
  let hasBegun = false;
  app.addHook("onSend", (_request, reply, payload, done) => {
    if (hasBegun) reply.header("connection", "close");
    done(null, payload);
  });
  return {
    get hasBegun() {
      return hasBegun;
    },
    begin() {
      hasBegun = true;
    },
  };
}
