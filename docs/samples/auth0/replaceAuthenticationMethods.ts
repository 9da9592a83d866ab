import { ManagementClient } from "auth0";

const management = new ManagementClient({ domain: "identity.example.com", token: process.env.TOKEN ?? "" });

const methods = await management.users.authenticationMethods.set("auth0|5f7c8ec7c33c6c004bbafe82", [
  {
    type: "email",
    name: "Work mail",
    email: "chuck334@example.com",
  },
  {
    type: "phone",
    name: "MyPhone",
    phone_number: "+44207183875044",
    preferred_authentication_method: "sms",
  },
  {
    type: "totp",
    name: "Authenticator",
    totp_secret: "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP",
  },
]);
console.log(methods.map(({ id }) => id));
