import { randomBytes } from "node:crypto";
import { DatabaseSync } from "node:sqlite";
import { createRemoteJWKSet, jwtVerify } from "jose";
import { HttpError } from "./http-error.mjs";

/** What every peer does the way teams write it: a verified token, its scope, one commit for each request. */

const { ISSUER: issuer, AUDIENCE: audience, JWKS_URI, DATABASE_FILE } = process.env;
const keys = createRemoteJWKSet(new URL(JWKS_URI));

const database = new DatabaseSync(DATABASE_FILE);
database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
database.exec(
  "CREATE TABLE IF NOT EXISTS methods (user_id TEXT, id TEXT, created_at INTEGER, body TEXT, PRIMARY KEY (user_id, id))",
);
const insert = database.prepare("INSERT INTO methods VALUES (?, ?, ?, ?)");

/** @param authorization the request's header of that name */
export async function authorize(authorization) {
  const token = /^Bearer (\S+)$/i.exec(authorization ?? "")?.[1];
  if (token === undefined) throw new HttpError(401, "Missing authentication");
  const verified = await jwtVerify(token, keys, { issuer, audience, algorithms: ["RS256"] }).catch(() => {
    throw new HttpError(401, "Invalid token");
  });
  if (!String(verified.payload.scope).split(" ").includes("create:authentication_methods"))
    throw new HttpError(403, "Insufficient scope");
}

/** Stores a method and gives what is answered: the method without its secret. */
export function create(userId, { totp_secret, ...body }) {
  const id = `${body.type}|${randomBytes(12).toString("hex")}`;
  const createdAt = Date.now();
  insert.run(userId, id, createdAt, JSON.stringify({ ...body, totp_secret }));
  return { id, created_at: new Date(createdAt).toISOString(), confirmed: true, ...body };
}
