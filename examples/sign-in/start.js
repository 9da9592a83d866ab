// Starts a server of this repository, a receiver that prints its codes, and the page with its backend:
//
//   node examples/sign-in/start.js

import { execFileSync, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { createReceiver, print } from "../receivers/print.js";
import { createBackend } from "./backend.js";

const program = fileURLToPath(new URL("../../bin/authentication-methods.js", import.meta.url));
const secret = `whsec_${randomBytes(32).toString("base64")}`;

const receiver = createReceiver(secret, print).listen(0, "127.0.0.1");
await once(receiver, "listening");

const env = {
  ...process.env,
  PORT: process.env.API_PORT ?? "3000",
  DATABASE_URL: process.env.DATABASE_URL ?? "sqlite:./data/sign-in-example.sqlite",
  DELIVERY_WEBHOOK_URL: `http://127.0.0.1:${receiver.address().port}/`,
  DELIVERY_WEBHOOK_SECRET: secret,
  LOG_LEVEL: "warn",
};
const api = `http://127.0.0.1:${env.PORT}`;
const server = spawn(process.execPath, [program, "serve"], { env, stdio: "inherit" });
server.on("exit", (code) => process.exit(code ?? 1));
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => server.kill());
while (!(await fetch(`${api}/health/ready`).catch(() => undefined))?.ok)
  await new Promise((resolve) => setTimeout(resolve, 100));

const token = execFileSync(process.execPath, [program, "token"], { env, encoding: "utf8" }).trim();
const port = Number(process.env.PAGE_PORT ?? 3001);
const origin = `http://localhost:${port}`;
createBackend({ api: `${api}/api/v2`, token, origin }).listen(port, "127.0.0.1", () => {
  process.stdout.write(`Open ${origin}\n`);
});
