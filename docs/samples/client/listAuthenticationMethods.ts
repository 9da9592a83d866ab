import { createClient, listAll } from "authentication-methods-client";

const client = createClient({ baseUrl: "http://127.0.0.1:3000/api/v2", token: process.env.TOKEN });

for await (const method of listAll(client, "auth0|5f7c8ec7c33c6c004bbafe82")) {
  console.log(method.type, method.id);
}
