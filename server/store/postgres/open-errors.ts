import { StoreOpenError } from "../errors.ts";
import { NoAnswerError } from "./connection.ts";
import { errorCode } from "./errors.ts";

/** What to tell the operator for an SQLSTATE, or for a code of Node or of the driver. */
const sentences: Readonly<Record<string, string>> = {
  ENOTFOUND: "The host in DATABASE_URL is unknown: correct its name.",
  EAI_AGAIN: "The host in DATABASE_URL cannot be looked up: correct its name, or mend the name service.",
  ECONNREFUSED: "Nothing answers at the host and port in DATABASE_URL: start PostgreSQL, or correct them.",
  ECONNRESET:
    "What answers at the host and port in DATABASE_URL hangs up: correct them, or the sslmode if it does not speak TLS.",
  CONNECTION_CLOSED:
    "What answers at the host and port in DATABASE_URL ends the session for what its log says: mend that, and let a pooler share its connections by transaction or by session.",
  CONNECT_TIMEOUT:
    "The host in DATABASE_URL does not answer: start PostgreSQL, open its port, or correct the host.",
  "08P01":
    "The pooler in DATABASE_URL refuses the session for what its log says: name the parameters in its ignore_startup_parameters, or mend its way to PostgreSQL.",
  "28P01": "PostgreSQL refuses the password in DATABASE_URL: correct the user and the password.",
  "28000": "PostgreSQL refuses the user in DATABASE_URL: correct it, or let it in through pg_hba.conf.",
  "3D000": "The database in DATABASE_URL does not exist: create it, or correct its name.",
  "3F000":
    "The search_path in DATABASE_URL leads to no schema: create the schema, or correct the search_path.",
  "42704": "DATABASE_URL has a parameter that PostgreSQL does not know: remove it.",
  "42501":
    "The user in DATABASE_URL may not change the schema: run `migrate` as its owner, or grant CREATE on the schema.",
  "42P07":
    "The database in DATABASE_URL has tables of another application: name a database of its own, or add ?search_path=<schema> with an empty schema.",
  "53300":
    "PostgreSQL has no connection left: raise its max_connections, or stop what holds the connections.",
  "55P03": "The schema could not be changed, as another transaction holds a table: end it, then start again.",
  "57P03": "PostgreSQL is starting or stopping: start again in a moment.",
};

/** For a URL that cannot be read. */
export const noUrl = new StoreOpenError(
  "DATABASE_URL is no URL of PostgreSQL: write postgres://<user>:<password>@<host>:<port>/<database>, with what is special in the password percent-encoded.",
);

/** For a server that takes the connection and does not go on as PostgreSQL does: the driver knocks again and again. */
const noPostgres = new StoreOpenError(
  "What answers at the host and port in DATABASE_URL is not PostgreSQL, or it is down: start it, or correct them.",
);

/** Never holds the URL, in which there may be a password, nor anything that a wrong URL may hold in a wrong place. */
export function toOpenError(error: unknown): unknown {
  if (error instanceof NoAnswerError) return noPostgres;
  const code = errorCode(error);
  if (error instanceof StoreOpenError || code === undefined) return error;
  return new StoreOpenError(
    sentences[code] ??
      `PostgreSQL cannot be used as DATABASE_URL says (${code}): check its host, port and parameters.`,
  );
}
