import { createClient, unwrap } from "authentication-methods-client";

const client = createClient({ baseUrl: "http://127.0.0.1:3000/api/v2", token: process.env.TOKEN });

await unwrap(
  client.DELETE("/users/{id}/authentication-methods", {
    params: { path: { id: "auth0|5f7c8ec7c33c6c004bbafe82" } },
  }),
);
