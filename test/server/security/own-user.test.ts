import { expect, test } from "vitest";
import { everyOperation, pathOf } from "../../reliability/support/operations.ts";
import { phone } from "../../support/methods.ts";
import { type SharedServer, sharedServer } from "../../support/shared-server.ts";
import { createMethod, createUser, methodsOf } from "../../support/users.ts";

/**
 * What an answer proves, it proves to the backend that asked: a page cannot verify its own user. The audit trail names
 * other callers and their addresses.
 */
const isOfBackends = ({ tag }: (typeof everyOperation)[number]) => tag === "verification" || tag === "audit";
const ofBackends = everyOperation.filter(isOfBackends);
const others = everyOperation.filter((operation) => !isOfBackends(operation));
const onOneUser = others.filter(({ template }) => template.includes("{id}"));
const onAllUsers = others.filter(({ template }) => !template.includes("{id}"));
const ownScopes = [...new Set(onOneUser.flatMap(({ ownScope }) => ownScope ?? []))];

/** The answer to an operation on a user, by a token of Ada with these scopes. */
async function sendAsAda(
  server: SharedServer,
  operation: (typeof everyOperation)[number],
  path: string,
  scopes: readonly string[],
) {
  const { method, body } = operation;
  return server.call(path, { method, scopes, subject: "auth0|ada", ...(body !== undefined && { body }) });
}

test("every operation on a user, and no other, has a scope for that user's own token", () => {
  expect(onOneUser.filter(({ ownScope }) => ownScope === undefined)).toEqual([]);
  expect([...onAllUsers, ...ofBackends].filter(({ ownScope }) => ownScope !== undefined)).toEqual([]);
});

test.each(onOneUser)("$id with its own-user scope alone acts on the token's user", async (operation) => {
  const server = await sharedServer();
  const { id } = await createMethod(server, await createUser(server), phone());
  const { status } = await sendAsAda(server, operation, pathOf(operation, "auth0|ada", id), [
    operation.ownScope as string,
  ]);
  expect([200, 201, 204]).toContain(status);
});

test.each(onOneUser)(
  "$id with every own-user scope is 403 on another user and changes nothing",
  async (operation) => {
    const server = await sharedServer();
    const { id } = await createMethod(server, await createUser(server), phone());
    const methodsOfGrace = await createUser(server, "grace");
    const { id: idOfGrace } = await createMethod(server, methodsOfGrace, phone(1));
    const before = await server.call(methodsOfGrace);

    for (const userId of ["auth0|grace", "auth0|nobody", "auth0|Ada", "auth0|ada ", "auth0%7Cada"])
      for (const methodId of [id, idOfGrace]) {
        const answer = await sendAsAda(server, operation, pathOf(operation, userId, methodId), ownScopes);
        expect(answer.status).toBe(403);
        if (operation.method === "HEAD") continue;
        expect(answer.body).toEqual({
          statusCode: 403,
          error: "Forbidden",
          message: `Insufficient scope, expected any of: ${operation.scope}`,
          errorCode: "insufficient_scope",
        });
      }
    expect(await server.call(methodsOfGrace)).toMatchObject({ status: 200, body: before.body });
    expect((await server.call("/users/auth0%7Cgrace")).status).toBe(200);
  },
);

test.each(onOneUser)(
  "$id is 403 for its user's token with all the other own-user scopes",
  async (operation) => {
    const server = await sharedServer();
    const { id } = await createMethod(server, await createUser(server), phone());
    const scopes = ownScopes.filter((scope) => scope !== operation.ownScope);
    expect((await sendAsAda(server, operation, pathOf(operation, "auth0|ada", id), scopes)).status).toBe(403);
  },
);

test.each(onAllUsers)("$id is 403 for a token with every own-user scope", async (operation) => {
  const server = await sharedServer();
  expect((await sendAsAda(server, operation, operation.template, ownScopes)).status).toBe(403);
});

test("the scope for unmasked answers shows the token's own user, and no other", async () => {
  const server = await sharedServer();
  const methods = await createUser(server);
  await createMethod(server, methods, phone());
  await createUser(server, "grace");
  const scopes = ["read:me:authentication_methods", "read:authentication_methods_unmasked"];
  const asAda = { scopes, subject: "auth0|ada" };
  expect((await server.call(methods, asAda)).body).toMatchObject([{ phone_number: phone().phone_number }]);
  expect((await server.call(methodsOf("auth0|grace"), asAda)).status).toBe(403);
});
