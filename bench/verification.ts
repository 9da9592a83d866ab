import { performance } from "node:perf_hooks";
import autocannon from "autocannon";
import { Secret, TOTP } from "otpauth";
import { matchTotp } from "../server/verification/totp.ts";
import { readAssertion } from "../server/verification/webauthn/assertion.ts";
import { digestOrigins } from "../server/verification/webauthn/origins.ts";
import { Authenticator } from "../test/server/verification/authenticator.ts";
import { startBenchedApi } from "./api.ts";
import { connections } from "./load.ts";
import { median } from "./table.ts";

/** Prints what a verification costs the server, beside a create of the same run, and the cryptography alone. */

const rounds = Number(process.env.ROUNDS ?? 5);
const perRound = Number(process.env.REQUESTS ?? 1_000);
const relyingParty = "login.example.com";
const secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";

const bench = await startBenchedApi(process.env.BENCH_DATABASE_URL);
const token = await bench.sign(
  "create:authentication_methods verify:authentication_methods read:authentication_codes",
);
const headers = { "content-type": "application/json", authorization: `Bearer ${token}` };
const authenticator = new Authenticator();
authenticator.userHandle = "AAAA";

interface Case {
  readonly name: string;
  readonly expected: number;
  /** One request each, with all that it answers there already. */
  prepare(count: number): Promise<autocannon.Request[]>;
}

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
  // The load adds to them.
  headers: { ...headers },
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

const credential = await call<{ id: string }>(`${userPath(-1)}/authentication-methods`, {
  type: "passkey",
  key_id: authenticator.id,
  public_key: authenticator.publicKey.toString("base64"),
  relying_party_identifier: relyingParty,
  user_handle: authenticator.userHandle,
});
const ceremony = { type: "webauthn", relying_party_identifier: relyingParty };

interface Challenge {
  readonly auth_session: string;
  readonly authn_params_public_key: { readonly challenge: string; readonly rpId: string };
}

const cases: readonly Case[] = [
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

/** @returns the processor time of one request in the server's process, in microseconds */
async function measure({ expected, prepare }: Case): Promise<{ processor: number; perSecond: number }> {
  const requests = await prepare(perRound);
  const before = await bench.api.processorSeconds();
  const start = performance.now();
  const result = await autocannon({
    url: bench.api.origin,
    connections,
    amount: requests.length,
    requests: [{ setupRequest: (previous) => Object.assign(previous, requests.pop()) }],
  });
  const seconds = (performance.now() - start) / 1000;
  const after = await bench.api.processorSeconds();
  const others = Object.keys(result.statusCodeStats ?? {}).filter((status) => Number(status) !== expected);
  if (others.length > 0) throw new Error(`expected ${expected}, got ${others.join(", ")} too`);
  return { processor: (((after ?? 0) - (before ?? 0)) * 1e6) / perRound, perSecond: perRound / seconds };
}

/** @returns microseconds of one call in this process */
async function alone(work: () => unknown): Promise<number> {
  for (let count = 0; count < 200; count += 1) await work();
  const before = process.cpuUsage();
  for (let count = 0; count < 2_000; count += 1) await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 2_000;
}

const samples = new Map(cases.map(({ name }) => [name, [] as { processor: number; perSecond: number }[]]));
for (const each of cases) await measure(each);
for (let round = 0; round < rounds; round += 1)
  for (const each of cases) samples.get(each.name)?.push(await measure(each));

const challenge = { challenge: Buffer.alloc(32).toString("base64url"), rpId: relyingParty };
const answer = authenticator.get(challenge) as Parameters<typeof readAssertion>[0];
const expected = {
  challenge: challenge.challenge,
  relyingParty,
  origins: digestOrigins(relyingParty, undefined),
  requiresUserVerification: false,
};
const cryptography = {
  "totp, a right code": await alone(() =>
    matchTotp(secret, TOTP.generate({ secret: Secret.fromBase32(secret) }), Date.now()),
  ),
  "totp, a wrong code": await alone(() => matchTotp(secret, "000000", 1_700_000_000_000)),
  "passkey (ES256)": await alone(async () =>
    (await readAssertion(answer, expected)).checkSignature(authenticator.publicKey.toString("base64")),
  ),
};
await bench.stop();

process.stdout.write(
  `${connections} connections, median of ${rounds} rounds of ${perRound} requests (${credential.id})\n`,
);
console.table(
  [...samples].map(([name, taken]) => ({
    "": name,
    "processor µs": Math.round(median(taken.map(({ processor }) => processor))),
    "requests/s": Math.round(median(taken.map(({ perSecond }) => perSecond))),
  })),
);
process.stdout.write("the checks alone, in this process\n");
console.table(
  Object.entries(cryptography).map(([name, microseconds]) => ({
    "": name,
    "processor µs": Math.round(microseconds),
  })),
);
