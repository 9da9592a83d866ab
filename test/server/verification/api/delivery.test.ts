import { Webhook } from "standardwebhooks";
import { expect, test } from "vitest";
import { email, phone } from "../../../support/methods.ts";
import { startServer } from "../../../support/server.ts";
import { createMethod, createUser } from "../../../support/users.ts";
import { expectStatus, pathsOf } from "./ceremonies.ts";
import { type Answers, startReceiver } from "./receiver.ts";

const oldSecret = `whsec_${Buffer.alloc(32, 1).toString("base64")}`;
const newSecret = `whsec_${Buffer.alloc(32, 2).toString("base64")}`;
const { challenges, verifications, enrolments, confirm } = pathsOf();

async function withReceiver(answers?: Answers) {
  const receiver = await startReceiver(answers);
  const server = await startServer({
    DELIVERY_WEBHOOK_URL: receiver.url,
    DELIVERY_WEBHOOK_SECRET: `${newSecret} ${oldSecret}`,
  });
  const methods = await createUser(server);
  return { receiver, server, methods };
}

test("posts the code of a phone as Standard Webhooks' own verifier wants it, under either secret", async () => {
  const { receiver, server, methods } = await withReceiver();
  const method = await createMethod(server, methods, phone());
  const body = { type: "phone", authentication_method_id: method.id, channel: "voice" };
  const challenge = expectStatus(await server.call(challenges, { body }), 201);
  expect(challenge).toEqual({
    type: "phone",
    auth_session: expect.any(String),
    expires_at: expect.any(String),
  });

  const [post] = receiver.posts;
  expect(receiver.posts).toHaveLength(1);
  for (const secret of [newSecret, oldSecret]) {
    const verified = new Webhook(secret).verify(post?.body ?? "", post?.headers as Record<string, string>);
    expect(verified).toEqual({
      type: "authentication_challenge.code",
      timestamp: expect.stringMatching(/Z$/),
      data: {
        user_id: "auth0|ada",
        authentication_method_id: method.id,
        challenge_id: expect.any(String),
        channel: "voice",
        phone_number: phone().phone_number,
        otp_code: expect.stringMatching(/^\d{6}$/),
        expires_at: challenge.expires_at,
      },
    });
  }
  const { otp_code } = JSON.parse(post?.body ?? "").data;
  const answer = { type: "phone", auth_session: challenge.auth_session, otp_code };
  expectStatus(await server.call(verifications, { body: answer }), 200);
});

test("posts the code of an enrolment, which has no method yet", async () => {
  const { receiver, server } = await withReceiver();
  const started = expectStatus(await server.call(enrolments, { body: email() }), 202);
  const { type, data } = JSON.parse(receiver.posts[0]?.body ?? "");
  expect(type).toBe("authentication_enrolment.code");
  expect(data).toMatchObject({ user_id: "auth0|ada", channel: "email", email: email().email });
  expect(data).not.toHaveProperty("authentication_method_id");
  const body = { auth_session: started.auth_session, otp_code: data.otp_code };
  expectStatus(await server.call(confirm, { body }), 201);
});

test("posts once more under the same id where the first attempt fails", async () => {
  const { receiver, server, methods } = await withReceiver([{ status: 500 }, { status: 200 }]);
  const { id } = await createMethod(server, methods, email());
  expectStatus(await server.call(challenges, { body: { type: "email", authentication_method_id: id } }), 201);
  expect(receiver.posts).toHaveLength(2);
  expect(receiver.posts[1]?.headers["webhook-id"]).toBe(receiver.posts[0]?.headers["webhook-id"]);
  expect(receiver.posts[1]?.body).toBe(receiver.posts[0]?.body);
});

test("is a 502 where both attempts fail, and follows no redirect", async () => {
  const elsewhere = await startReceiver();
  const { receiver, server, methods } = await withReceiver([
    { status: 307, headers: { location: elsewhere.url } },
  ]);
  const { id } = await createMethod(server, methods, email());
  const answer = await server.call(challenges, { body: { type: "email", authentication_method_id: id } });
  expect(answer.status).toBe(502);
  expect(answer.body.errorCode).toBe("delivery_failed");
  expect([receiver.posts.length, elsewhere.posts.length]).toEqual([2, 0]);
  const enrolment = await server.call(pathsOf().enrolments, { body: email(1) });
  expect([enrolment.status, enrolment.body.errorCode]).toEqual([502, "delivery_failed"]);
});

test("says that no webhook is configured, before a code is counted as sent", async () => {
  const server = await startServer();
  const { id } = await createMethod(server, await createUser(server), email());
  const body = { type: "email", authentication_method_id: id };
  for (let attempt = 0; attempt < 7; attempt += 1) {
    const answer = await server.call(challenges, { body });
    expect(answer.status).toBe(503);
    expect(answer.body.errorCode).toBe("delivery_not_configured");
  }
  expect((await server.call(enrolments, { body: email(1) })).status).toBe(503);
  expectStatus(await server.call(challenges, { body: { ...body, delivery: "return" } }), 201);
});

test("writes neither codes nor recipients nor sessions into the log", async () => {
  const { receiver, server, methods } = await withReceiver([{ status: 204 }, { status: 500 }]);
  const { id } = await createMethod(server, methods, email());
  const body = { type: "email", authentication_method_id: id };
  const challenge = expectStatus(await server.call(challenges, { body }), 201);
  await server.call(challenges, { body });
  const answer = { type: "email", auth_session: challenge.auth_session, otp_code: "000000" };
  await server.call(verifications, { body: answer });
  const codes = receiver.posts.map((post) => JSON.parse(post.body).data.otp_code);
  const log = server.log.join("");
  expect(log).toContain("code_sent");
  expect(log).toContain("code_send_failed");
  expect(log).toContain("verification_failed");
  for (const secret of [...codes, email().email, challenge.auth_session, newSecret, "auth0|ada"])
    expect(log.includes(secret), secret).toBe(false);
});
