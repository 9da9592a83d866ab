import type { FastifyBaseLogger } from "fastify";
import type { DevelopmentIssuer } from "../security/development-issuer.ts";

const secondsPerDay = 24 * 60 * 60;

const warning =
  "The development issuer is on: it signs tokens for whoever can read its key; set ISSUER and AUDIENCE to use your own.";

/** Tells what there is and what to try first: to a person on a terminal, else to the log, which gets no token. */
export async function greet(
  origin: string,
  developmentIssuer: DevelopmentIssuer | undefined,
  log: FastifyBaseLogger,
): Promise<void> {
  if (developmentIssuer !== undefined) log.warn(warning);
  if (!process.stdout.isTTY) return;
  const lines = [`Docs: ${origin}/docs, contract: ${origin}/openapi.json`];
  if (developmentIssuer !== undefined) lines.push(...(await examples(`${origin}/api/v2`, developmentIssuer)));
  process.stdout.write(`${lines.join("\n")}\n`);
}

/** Three commands to paste: the token once, a user, and a method for it. */
async function examples(api: string, developmentIssuer: DevelopmentIssuer): Promise<readonly string[]> {
  const token = await developmentIssuer.sign({
    subject: "first-steps",
    scopes: ["create:users", "create:authentication_methods"],
    expiresIn: secondsPerDay,
  });
  const post = (path: string, body: object) =>
    `curl ${api}${path} -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' -d '${JSON.stringify(body)}'`;
  return [
    "Create a user, then a method for it:",
    `TOKEN=${token}`,
    post("/users", { connection: "Username-Password-Authentication", user_id: "ada" }),
    post("/users/auth0%7Cada/authentication-methods", { type: "phone", phone_number: "+442071838750" }),
  ];
}
