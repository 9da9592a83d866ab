import { ManagementClient } from "auth0";

const management = new ManagementClient({ domain: "identity.example.com", token: process.env.TOKEN ?? "" });

const method = await management.users.authenticationMethods.update(
  "auth0|5f7c8ec7c33c6c004bbafe82",
  "email|dev_f0O81fTcftc0kN2v",
  {
    name: "Spare",
  },
);
console.log(method.name);
