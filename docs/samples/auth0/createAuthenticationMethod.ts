import { ManagementClient } from "auth0";

const management = new ManagementClient({ domain: "identity.example.com", token: process.env.TOKEN ?? "" });

const method = await management.users.authenticationMethods.create("auth0|5f7c8ec7c33c6c004bbafe82", {
  type: "phone",
  name: "Ada's phone",
  phone_number: "+44 20 7183 8750",
  preferred_authentication_method: "sms",
});
console.log(method.id, method.type);
