import { ManagementClient } from "auth0";

const management = new ManagementClient({ domain: "identity.example.com", token: process.env.TOKEN ?? "" });

for await (const method of await management.users.authenticationMethods.list(
  "auth0|5f7c8ec7c33c6c004bbafe82",
)) {
  console.log(method.type, method.id);
}
