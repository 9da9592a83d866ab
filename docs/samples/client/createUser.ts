import { createClient, unwrap } from "authentication-methods-client";

const client = createClient({ baseUrl: "http://127.0.0.1:3000/api/v2", token: process.env.TOKEN });

const user = await unwrap(
  client.POST("/users", {
    body: {
      connection: "Username-Password-Authentication",
      user_id: "5f7c8ec7c33c6c004bbafe82",
      email: "ada.lovelace@example.com",
    },
  }),
);
console.log(user.user_id);
