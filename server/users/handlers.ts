import { randomBytes } from "node:crypto";
import type { Handlers } from "contract-first/fastify";
import type { CreateUserRequest, operations, User } from "../../generated/openapi.d.ts";
import type { Principal } from "../security/principal.ts";
import type { Store, UserRecord } from "../store/store.ts";
import { userExists, userNotFound } from "./problems.ts";

export type UserHandlers = Pick<Handlers<operations, Principal>, "createUser" | "getUser" | "deleteUser">;

/**
 * The three operations on users.
 *
 * @param now the moment of a creation in microseconds since the UNIX epoch
 */
export function userHandlers(store: Store, now: () => number): UserHandlers {
  return {
    async createUser({ body }) {
      const user = toRecord(body, now());
      return (await store.createUser(user)) === "created"
        ? { status: 201, body: represent(user) }
        : userExists;
    },

    async getUser({ params }) {
      const user = await store.getUser(params.id);
      return user === undefined ? userNotFound : { status: 200, body: represent(user) };
    },

    async deleteUser({ params }) {
      await store.deleteUser(params.id);
      return { status: 204 };
    },
  };
}

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
