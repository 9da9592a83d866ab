import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { email, passkey, phone, securityKey, totp } from "../support/methods.ts";
import { createMethod, createUser, methodsOf } from "../support/users.ts";
import { databases, type TestDatabase } from "./support/databases.ts";
import { startIssuer, type TestIssuer } from "./support/issuer.ts";
import { everyOperation, pathOf } from "./support/operations.ts";
import { ServerProcess } from "./support/server-process.ts";

const onOneMethod = everyOperation.filter(({ template }) => template.endsWith("{authentication_method_id}"));

const notFound = {
  statusCode: 404,
  error: "Not Found",
  message: "The authentication method could not be found.",
  errorCode: "inexistent_authentication_method",
};

const onAllMethods = everyOperation.filter(
  ({ template, id, isAnswer }) =>
    !template.endsWith("{authentication_method_id}") && id !== "createUser" && !isAnswer,
);

describe.each(databases)("on $kind", ({ create }) => {
  let issuer: TestIssuer;
  let database: TestDatabase;
  let server: ServerProcess;
  let methodsOfAda: readonly { readonly id: string; readonly type: string }[];

  beforeAll(async () => {
    issuer = await startIssuer();
    database = await create();
    server = new ServerProcess(issuer, { DATABASE_URL: database.url });
    await server.start();
    const methods = await createUser(server, "ada");
    for (const request of [phone(), email(), totp(), securityKey(), passkey()])
      await createMethod(server, methods, request);
    methodsOfAda = (await server.call(methods)).body;
    await createMethod(server, await createUser(server, "bob"), phone(1));
  });

  afterAll(async () => {
    await server.kill();
    await issuer.http.goDown();
    await database.remove();
  });

  async function state() {
    const paths = [
      "/users/auth0%7Cada",
      "/users/auth0%7Cbob",
      methodsOf("auth0|ada"),
      methodsOf("auth0|bob"),
    ];
    const answers = await Promise.all(paths.map((path) => server.call(path)));
    return answers.map(({ status, body }) => ({ status, body }));
  }

  describe.each(onOneMethod)("$id under another user's path", (operation) => {
    test.each(["phone", "email", "totp", "webauthn-roaming", "passkey"])(
      "finds no %s and changes nothing",
      async (type) => {
        const before = await state();
        const id = methodsOfAda.find((method) => method.type === type)?.id ?? "";
        const answer = await server.call(pathOf(operation, "auth0|bob", id), {
          method: operation.method,
          ...(operation.body !== undefined && { body: operation.body }),
        });
        expect(answer.status).toBe(404);
        expect(answer.body).toEqual(operation.method === "HEAD" ? "" : notFound);
        expect(await state()).toEqual(before);
        // The same request under the right path is no 404: it was refused for the user alone.
        expect(before[2]?.body).toContainEqual(expect.objectContaining({ id }));
      },
    );
  });

  test.each(onAllMethods)("$id for one user leaves another as it is", async (operation) => {
    const { id } = await createMethod(server, await createUser(server, operation.id), email(7));
    const before = await state();
    const answer = await server.call(pathOf(operation, `auth0|${operation.id}`, id), {
      method: operation.method,
      ...(operation.body !== undefined && { body: operation.body }),
    });
    expect(answer.status).toBeLessThan(300);
    expect(await state()).toEqual(before);
  });

  test.each([securityKey(), passkey()])(
    "a $type of one user cannot be registered for another, who learns nothing of it",
    async (request) => {
      const before = await state();
      const answer = await server.call(methodsOf("auth0|bob"), { body: request });
      expect(answer.status).toBe(409);
      expect(answer.body).toEqual({
        statusCode: 409,
        error: "Conflict",
        message: "Authentication method already exists.",
        errorCode: "authentication_method_exists",
      });
      expect(await state()).toEqual(before);
    },
  );

  test.each([
    "AUTH0|ada",
    "auth0|ADA",
    "auth0| ada",
    "auth0|ada ",
    "auth0|ada/",
    "auth0|ada|",
    "auth0|a%64a",
  ])("%j is another user than auth0|ada", async (userId) => {
    for (const operation of onOneMethod) {
      const [method] = methodsOfAda;
      const answer = await server.call(pathOf(operation, userId, method?.id ?? ""), {
        method: operation.method,
        ...(operation.body !== undefined && { body: operation.body }),
      });
      expect(answer.status).toBe(404);
    }
    expect((await server.call(methodsOf("auth0|ada"))).body).toEqual(methodsOfAda);
  });
});
