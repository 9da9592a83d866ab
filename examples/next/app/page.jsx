import { createClient, listAll } from "authentication-methods-client";

/** What is shown is what the API says now. */
export const dynamic = "force-dynamic";

const client = createClient({
  baseUrl: `${process.env.API ?? "http://127.0.0.1:4010"}/api/v2`,
  ...(process.env.TOKEN && { token: process.env.TOKEN }),
});

/** Rendered on the server: the token stays there. */
export default async function Page() {
  const methods = [];
  for await (const method of listAll(client, "auth0|5f7c8ec7c33c6c004bbafe82")) methods.push(method);
  return (
    <main>
      <h1>Authentication methods</h1>
      <ul>
        {methods.map((method) => (
          <li key={method.id}>
            {method.type}: {method.name ?? method.id}
          </li>
        ))}
      </ul>
    </main>
  );
}
