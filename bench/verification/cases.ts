import type autocannon from "autocannon";
import { Secret, TOTP } from "otpauth";
import type { Authenticator } from "../../test/server/verification/authenticator.ts";
import type { BenchedApi } from "../api.ts";
import { connections } from "../load.ts";
import { relyingParty, secret } from "./cryptography.ts";

export interface Case {
  readonly name: string;
  readonly expected: number;
  /** One request each, with all that it answers there already. */
  prepare(count: number): Promise<autocannon.Request[]>;
}

interface Challenge {
  readonly auth_session: string;
  readonly authn_params_public_key: { readonly challenge: string; readonly rpId: string };
}

/** @param authenticator its credential becomes a passkey of one user, who verifies by it */
export async function verificationCases(
  bench: BenchedApi,
  authenticator: Authenticator,
): Promise<readonly Case[]> {
  const token = await bench.sign(
    "create:authentication_methods verify:authentication_methods read:authentication_codes",
  );
  const headers = { "content-type": "application/json", authorization: `Bearer ${token}` };
  let serial = 0;
  const userPath = (number: number) => `/api/v2/users/auth0%7Cverified-${number}`;

  async function call<Body>(path: string, body: object): Promise<Body> {
    const response = await fetch(bench.api.origin + path, {
      method: "POST",
      headers,
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as Body;
  }

  const post = (path: string, body: object): autocannon.Request => ({
    method: "POST",
    path,
    headers,
    body: JSON.stringify(body),
  });

  async function inTurn<Result>(count: number, make: (number: number) => Promise<Result>): Promise<Result[]> {
    const results: Result[] = [];
    for (let done = 0; done < count; done += connections) {
      const size = Math.min(connections, count - done);
      results.push(...(await Promise.all(Array.from({ length: size }, () => make(serial++)))));
    }
    return results;
  }

  const totpMethod = (number: number) =>
    call<{ id: string }>(`${userPath(number)}/authentication-methods`, { type: "totp", totp_secret: secret });

  await call(`${userPath(-1)}/authentication-methods`, {
    type: "passkey",
    key_id: authenticator.id,
    public_key: authenticator.publicKey.toString("base64"),
    relying_party_identifier: relyingParty,
    user_handle: authenticator.userHandle,
  });
  const ceremony = { type: "webauthn", relying_party_identifier: relyingParty };

  return [
    {
      name: "create, totp",
      expected: 201,
      prepare: async (count) => Array.from({ length: count }, () => bench.create(["totp"])),
    },
    {
      name: "verify, totp",
      expected: 200,
      prepare: (count) =>
        inTurn(count, async (number) => {
          const { id } = await totpMethod(number);
          const otp_code = TOTP.generate({ secret: Secret.fromBase32(secret) });
          const body = { type: "totp", authentication_method_id: id, otp_code };
          return post(`${userPath(number)}/authentication-verifications`, body);
        }),
    },
    {
      name: "verify, passkey (ES256)",
      expected: 200,
      prepare: (count) =>
        inTurn(count, async () => {
          const path = `${userPath(-1)}/authentication-challenges`;
          const { auth_session, authn_params_public_key: options } = await call<Challenge>(path, ceremony);
          const body = { type: "webauthn", auth_session, authn_response: authenticator.get(options) };
          return post(`${userPath(-1)}/authentication-verifications`, body);
        }),
    },
    {
      name: "challenge, webauthn",
      expected: 201,
      prepare: async (count) =>
        Array.from({ length: count }, () => post(`${userPath(-1)}/authentication-challenges`, ceremony)),
    },
    {
      name: "challenge, e-mail, returned",
      expected: 201,
      prepare: (count) =>
        inTurn(count, async (number) => {
          const method = { type: "email", email: "ada@example.com" };
          const { id } = await call<{ id: string }>(`${userPath(number)}/authentication-methods`, method);
          const body = { type: "email", authentication_method_id: id, delivery: "return" };
          return post(`${userPath(number)}/authentication-challenges`, body);
        }),
    },
  ];
}
