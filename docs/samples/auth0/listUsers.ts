import { ManagementClient } from "auth0";

const management = new ManagementClient({ domain: "identity.example.com", token: process.env.TOKEN ?? "" });

const users = await management.users.list({ fields: "user_id,email", include_fields: true });
for await (const user of users) console.log(user.user_id, user.email);
