import { ManagementClient } from "auth0";

const management = new ManagementClient({ domain: "identity.example.com", token: process.env.TOKEN ?? "" });

await management.users.delete("auth0|5f7c8ec7c33c6c004bbafe82");
