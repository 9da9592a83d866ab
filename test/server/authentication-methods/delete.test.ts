import { expect, test } from "vitest";
import { email, passkey, phone } from "../../support/methods.ts";
import { sharedServer } from "../../support/shared-server.ts";
import { createMethod, createUser, methodsOf } from "../../support/users.ts";

test("deletes one method and leaves the others", async () => {
  const server = await sharedServer();
  const methods = await createUser(server);
  const kept = await createMethod(server, methods, email());
  const { id } = await createMethod(server, methods, phone());
  const path = `${methods}/${encodeURIComponent(id)}`;
  expect(await server.call(path, { method: "DELETE" })).toMatchObject({ status: 204, body: "" });
  expect((await server.call(methods)).body).toEqual([{ ...kept, confirmed: true }]);
  expect(await server.call(path, { method: "DELETE" })).toMatchObject({
    status: 404,
    body: { errorCode: "inexistent_authentication_method" },
  });
});

test("does not delete another user's method", async () => {
  const server = await sharedServer();
  const methods = await createUser(server, "ada");
  const others = await createUser(server, "bob");
  const { id } = await createMethod(server, methods, phone());
  expect(await server.call(`${others}/${encodeURIComponent(id)}`, { method: "DELETE" })).toMatchObject({
    status: 404,
  });
  expect((await server.call(methods)).body).toHaveLength(1);
});

test("frees what a deleted method kept taken", async () => {
  const server = await sharedServer();
  const methods = await createUser(server, "ada");
  for (const request of [phone(), passkey()]) {
    const { id } = await createMethod(server, methods, request);
    await server.call(`${methods}/${encodeURIComponent(id)}`, { method: "DELETE" });
    await createMethod(server, methods, request);
  }
});

test("takes an empty body that claims to be JSON", async () => {
  const server = await sharedServer();
  const methods = await createUser(server);
  const { id } = await createMethod(server, methods, phone());
  const call = { method: "DELETE", headers: { "content-type": "application/json" } };
  expect(await server.call(`${methods}/${encodeURIComponent(id)}`, call)).toMatchObject({ status: 204 });
  expect(await server.call(methods, call)).toMatchObject({ status: 204 });
});

test("deletes all methods at once, also when there are none", async () => {
  const server = await sharedServer();
  const methods = await createUser(server);
  await createMethod(server, methods, phone());
  await createMethod(server, methods, email());
  expect(await server.call(methods, { method: "DELETE" })).toMatchObject({ status: 204, body: "" });
  expect((await server.call(methods)).body).toEqual([]);
  expect(await server.call(methods, { method: "DELETE" })).toMatchObject({ status: 204 });
});

test("does not delete all methods while one is a passkey", async () => {
  const server = await sharedServer();
  const methods = await createUser(server);
  const { id } = await createMethod(server, methods, passkey());
  await createMethod(server, methods, phone());
  expect(await server.call(methods, { method: "DELETE" })).toMatchObject({
    status: 403,
    body: { errorCode: "operation_not_permitted" },
  });
  expect((await server.call(methods)).body).toHaveLength(2);
  await server.call(`${methods}/${encodeURIComponent(id)}`, { method: "DELETE" });
  expect(await server.call(methods, { method: "DELETE" })).toMatchObject({ status: 204 });
});

test("refuses a user that does not exist", async () => {
  const server = await sharedServer();
  const inexistent = { status: 404, body: { errorCode: "inexistent_user" } };
  expect(await server.call(methodsOf("auth0|nobody"), { method: "DELETE" })).toMatchObject(inexistent);
  expect(await server.call(`${methodsOf("auth0|nobody")}/x`, { method: "DELETE" })).toMatchObject(inexistent);
});
