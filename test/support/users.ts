import type { Answer, TestServer } from "./server.ts";

/** Whatever sends requests: a server in this process or in one of its own. */
type Caller = Pick<TestServer, "call">;

/** Creates the user `auth0|<id>` and gives the path of its authentication methods. */
export async function createUser(server: Caller, id = "ada"): Promise<string> {
  const { status } = await server.call("/users", {
    body: { connection: "Username-Password-Authentication", user_id: id },
  });
  if (status !== 201) throw new Error(`the user was not created: ${status}`);
  return methodsOf(`auth0|${id}`);
}

/** The path of a user's authentication methods, the id encoded as clients do. */
export function methodsOf(userId: string): string {
  return `/users/${encodeURIComponent(userId)}/authentication-methods`;
}

/** Creates a method and insists that it was. */
export async function createMethod(server: Caller, methods: string, body: object): Promise<Answer["body"]> {
  const answer = await server.call(methods, { body });
  if (answer.status !== 201) throw new Error(`${answer.status} ${JSON.stringify(answer.body)}`);
  return answer.body;
}
