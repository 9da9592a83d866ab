import { createClient, unwrap } from "authentication-methods-client";

const client = createClient({ baseUrl: "http://127.0.0.1:3000/api/v2", token: process.env.TOKEN });

const method = await unwrap(
  client.POST("/users/{id}/authentication-methods", {
    params: {
      path: { id: "auth0|5f7c8ec7c33c6c004bbafe82" },
      header: { "Idempotency-Key": crypto.randomUUID() },
    },
    body: {
      type: "phone",
      name: "Mobile",
      phone_number: "+442071838750",
      preferred_authentication_method: "sms",
    },
  }),
);
if (method.type === "phone") console.log(method.id, method.phone_number);
