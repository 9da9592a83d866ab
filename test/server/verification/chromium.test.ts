import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { CDPSession, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launchChromium } from "../../support/chromium.ts";
import { type SharedServer, sharedServer } from "../../support/shared-server.ts";
import { createUser } from "../../support/users.ts";
import { expectStatus, pathsOf } from "./api/ceremonies.ts";

const browser = await launchChromium();
const page = createServer((_request, response) => response.end("<!doctype html><title>A page</title>"));
const { enrolments, confirm, challenges, verifications } = pathsOf();
let origin: string;

beforeAll(async () => {
  await new Promise<void>((resolve) => page.listen(0, "127.0.0.1", resolve));
  origin = `http://localhost:${(page.address() as AddressInfo).port}`;
});

afterAll(async () => {
  await browser?.close();
  page.close();
});

/** What a kind of authenticator can do, and what is told of it. */
const kinds = [
  {
    name: "a passkey that is backed up",
    type: "passkey",
    options: {
      protocol: "ctap2",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      defaultBackupEligibility: true,
      defaultBackupState: true,
    },
    told: { user_verified: true, credential_backed_up: true },
  },
  {
    name: "a passkey that stays on its device",
    type: "passkey",
    options: { protocol: "ctap2", transport: "internal", hasResidentKey: true, hasUserVerification: true },
    told: { user_verified: true, credential_backed_up: false },
  },
  {
    name: "a CTAP2 key",
    type: "webauthn-roaming",
    options: { protocol: "ctap2", transport: "usb", hasResidentKey: false, hasUserVerification: false },
    told: { user_verified: false, credential_backed_up: false },
  },
  {
    name: "a U2F key",
    type: "webauthn-roaming",
    options: { protocol: "u2f", transport: "usb" },
    told: { user_verified: false, credential_backed_up: false },
  },
] as const;

test.skipIf(browser === undefined).each(kinds)("Chromium enrols $name and signs in with it", async (kind) => {
  const server = await sharedServer();
  await createUser(server);
  const tab = await openPage();
  const session = await tab.context().newCDPSession(tab);
  await session.send("WebAuthn.enable");
  const { authenticatorId } = await session.send("WebAuthn.addVirtualAuthenticator", {
    options: { ...kind.options, isUserVerified: true },
  });

  const request = {
    type: kind.type,
    relying_party_identifier: "localhost",
    relying_party_name: "A page",
    origins: [origin],
    user_name: "ada",
  };
  const started = expectStatus(await server.call(enrolments, { body: request }), 202);
  const credential = await ceremony(tab, "create", started.authn_params_public_key);
  const answer = { auth_session: started.auth_session, authn_response: credential };
  expectStatus(await server.call(confirm, { body: answer }), 201);

  for (const count of [1, 2]) {
    const verified = expectStatus(await signIn(server, tab), 200);
    expect({ count, ...verified }).toMatchObject({
      count,
      type: kind.type,
      signature_counter: "increased",
      ...kind.told,
    });
  }
  if (kind.type === "passkey") await signInWithoutName(server, tab, session, authenticatorId);
});

async function openPage(): Promise<Page> {
  const tab = await (await browser?.newContext())?.newPage();
  if (tab === undefined) throw new Error("there is no browser");
  await tab.goto(origin);
  return tab;
}

async function signIn(server: SharedServer, tab: Page) {
  const request = { type: "webauthn", relying_party_identifier: "localhost", origins: [origin] };
  const challenge = expectStatus(await server.call(challenges, { body: request }), 201);
  const authn_response = await ceremony(tab, "get", challenge.authn_params_public_key);
  const answer = { type: "webauthn", auth_session: challenge.auth_session, authn_response };
  return server.call(verifications, { body: answer });
}

/** With the user verified, and then without. */
async function signInWithoutName(
  server: SharedServer,
  tab: Page,
  session: CDPSession,
  authenticatorId: string,
): Promise<void> {
  const attempt = async (user_verification: string) => {
    const request = { relying_party_identifier: "localhost", origins: [origin], user_verification };
    const challenge = expectStatus(await server.call("/passkey/challenge", { body: request }), 201);
    const authn_response = await ceremony(tab, "get", challenge.authn_params_public_key);
    const answer = { type: "webauthn", auth_session: challenge.auth_session, authn_response };
    return server.call("/passkey/verify", { body: answer });
  };
  expect(expectStatus(await attempt("required"), 200)).toMatchObject({
    user_id: "auth0|ada",
    user_verified: true,
  });
  await session.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified: false });
  expect(expectStatus(await attempt("discouraged"), 200)).toMatchObject({
    user_id: "auth0|ada",
    user_verified: false,
  });
}

/** What a page does with the options, and nothing else. */
function ceremony(tab: Page, action: "create" | "get", options: object): Promise<object> {
  const parse = action === "create" ? "parseCreationOptionsFromJSON" : "parseRequestOptionsFromJSON";
  const publicKey = `PublicKeyCredential.${parse}(${JSON.stringify(options)})`;
  return tab.evaluate(
    `navigator.credentials.${action}({ publicKey: ${publicKey} }).then((made) => made.toJSON())`,
  );
}
