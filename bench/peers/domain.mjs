/** What is the same in every peer: with a database all that a create takes, without one constants. */
export const { authorize, create } = await import(
  process.env.DATABASE_FILE === undefined ? "./constant.mjs" : "./stored.mjs"
);

/** The contract's formats that ajv-formats does not know: their patterns say the same. */
export const ownFormats = [
  "user-id",
  "base32",
  "base64",
  "base64url",
  "phone-number",
  "idempotency-key",
  "cose-key",
  "relying-party-identifier",
];

/** What the bench waits for. */
export function announce(address) {
  process.stdout.write(`Listening on http://127.0.0.1:${address.port}/api/v2\n`);
}
