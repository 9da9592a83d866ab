import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { totp } from "../../support/methods.ts";
import { startServer } from "../../support/server.ts";
import { createMethod, createUser } from "../../support/users.ts";
import {
  challengeByWebauthn,
  codeNow,
  enrolCredential,
  expectStatus,
  pathsOf,
  wrongCode,
} from "./api/ceremonies.ts";
import { startReceiver } from "./api/receiver.ts";

test("counts challenges, answers with their reasons, deliveries and signature counters, by no user", async () => {
  const receiver = await startReceiver();
  const server = await startServer({
    METRICS_PORT: "0",
    DELIVERY_WEBHOOK_URL: receiver.url,
    DELIVERY_WEBHOOK_SECRET: `whsec_${"a".repeat(32)}`,
  });
  const methods = await createUser(server);
  const { challenges, verifications } = pathsOf();
  const app = await createMethod(server, methods, totp());
  const answer = (otp_code: string) =>
    server.call(verifications, { body: { type: "totp", authentication_method_id: app.id, otp_code } });
  const code = codeNow(totp().totp_secret);
  for (const each of [code, code, wrongCode(totp().totp_secret)]) await answer(each);
  const mail = await createMethod(server, methods, { type: "email", email: "ada@example.com" });
  const body = { type: "email", authentication_method_id: mail.id };
  expectStatus(await server.call(challenges, { body }), 201);
  const { authenticator } = await enrolCredential(server);
  const challenge = await challengeByWebauthn(server);
  const authn_response = authenticator.get(challenge.authn_params_public_key, { signCount: 1 });
  const right = { type: "webauthn", auth_session: challenge.auth_session, authn_response };
  expectStatus(await server.call(verifications, { body: right }), 200);

  const metrics = server.app.metrics?.server.listen(0, "127.0.0.1");
  if (metrics === undefined) throw new Error("there are no metrics");
  await once(metrics, "listening");
  const text = await (
    await fetch(`http://127.0.0.1:${(metrics.address() as AddressInfo).port}/metrics`)
  ).text();
  for (const line of [
    'authentication_verifications_total{type="totp",outcome="verified",reason="none"} 1',
    'authentication_verifications_total{type="totp",outcome="refused",reason="used"} 1',
    'authentication_verifications_total{type="totp",outcome="refused",reason="wrong"} 1',
    'authentication_challenges_total{type="email",outcome="created"} 1',
    'authentication_challenges_total{type="webauthn",outcome="created"} 1',
    'authentication_deliveries_total{channel="email",outcome="delivered"} 1',
    'authentication_signature_counters_total{result="increased"} 1',
    "authentication_delivery_duration_seconds_count 1",
  ])
    expect(text).toContain(line);
  expect(text).not.toContain("ada");
});
