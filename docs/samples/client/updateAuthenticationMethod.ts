import { createClient, unwrap } from "authentication-methods-client";

const client = createClient({ baseUrl: "http://127.0.0.1:3000/api/v2", token: process.env.TOKEN });

const method = await unwrap(
  client.PATCH("/users/{id}/authentication-methods/{authentication_method_id}", {
    params: {
      path: { id: "auth0|5f7c8ec7c33c6c004bbafe82", authentication_method_id: "email|dev_f0O81fTcftc0kN2v" },
    },
    body: { name: "Private mail" },
  }),
);
console.log(method.name);
