import { randomBytes } from "node:crypto";
import type { Handlers } from "contract-first/fastify";
import type { CreateUserRequest, operations, User } from "../../generated/openapi.d.ts";
import { actorOf } from "../http/actor.ts";
import type { Principal } from "../security/principal.ts";
import type { Store, UserRecord } from "../store/store.ts";
import { type FieldSelection, selectFields } from "./fields.ts";
import { userExists, userNotFound } from "./problems.ts";

export type UserHandlers = Pick<
  Handlers<operations, Principal>,
  "listUsers" | "createUser" | "getUser" | "deleteUser"
>;

/**
 * The operations on users.
 *
 * @param now the moment of a creation in microseconds since the UNIX epoch
 */
export function userHandlers(store: Store, now: () => number): UserHandlers {
  return {
    async listUsers({ query }, context) {
      // The contract's defaults are filled in, which the generated types do not tell.
      const { page, per_page: limit, include_totals: withTotal } = query as Required<typeof query>;
      const offset = page * limit;
      const { users: found, total } = await store.listUsers({ offset, limit, withTotal }, actorOf(context));
      const selection = query as FieldSelection;
      const users = found.map((user) => selectFields(represent(user), selection));
      return {
        status: 200,
        body: total === undefined ? users : { users, total, start: offset, limit, length: users.length },
      };
    },

    async createUser({ body }, context) {
      const user = toRecord(body, now());
      return (await store.createUser(user, actorOf(context))) === "created"
        ? { status: 201, body: represent(user) }
        : userExists;
    },

    async getUser({ params, query }, context) {
      // Its answer tells the e-mail address in full.
      const user = await store.getUser(params.id, actorOf(context));
      if (user === undefined) return userNotFound;
      return { status: 200, body: selectFields(represent(user), query as FieldSelection) };
    },

    async deleteUser({ params }, context) {
      await store.deleteUser(params.id, actorOf(context));
      return { status: 204 };
    },
  };
}

/** What the contract calls accepted and not kept is left out. */
function toRecord({ connection, user_id, email, name }: CreateUserRequest, createdAt: number): UserRecord {
  const provider = connection === "Username-Password-Authentication" ? "auth0" : connection;
  return {
    id: `${provider}|${user_id ?? randomBytes(12).toString("hex")}`,
    connection,
    email: email ?? null,
    name: name ?? null,
    createdAt,
  };
}

function represent({ id, connection, email, name, createdAt }: UserRecord): User {
  const separator = id.indexOf("|");
  return {
    user_id: id,
    ...(email !== null && { email }),
    ...(name !== null && { name }),
    created_at: new Date(createdAt / 1000).toISOString(),
    identities: [
      {
        connection,
        provider: id.slice(0, separator),
        user_id: id.slice(separator + 1),
        isSocial: false,
      },
    ],
  };
}
