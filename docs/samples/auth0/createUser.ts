import { ManagementClient } from "auth0";

const management = new ManagementClient({ domain: "identity.example.com", token: process.env.TOKEN ?? "" });

const user = await management.users.create({
  connection: "Username-Password-Authentication",
  user_id: "5f7c8ec7c33c6c004bbafe82",
  email: "ada.lovelace@example.com",
  name: "Ada Lovelace",
});
console.log(user.user_id);
