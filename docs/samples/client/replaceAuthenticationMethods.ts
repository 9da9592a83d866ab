import { createClient, unwrap } from "authentication-methods-client";

const client = createClient({ baseUrl: "http://127.0.0.1:3000/api/v2", token: process.env.TOKEN });

const methods = await unwrap(
  client.PUT("/users/{id}/authentication-methods", {
    params: { path: { id: "auth0|5f7c8ec7c33c6c004bbafe82" } },
    body: [
      { type: "email", name: "Work mail", email: "ada.lovelace@example.com" },
      { type: "totp", name: "Authenticator", totp_secret: "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP" },
    ],
  }),
);
console.log(methods.map(({ id }) => id));
