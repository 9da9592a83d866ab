// Receives the codes that the server posts, checks who they are from, and prints them: for a machine of your own.
//
//   DELIVERY_WEBHOOK_SECRET=whsec_… node examples/receivers/print.js
//   DELIVERY_WEBHOOK_URL=http://127.0.0.1:4020/ DELIVERY_WEBHOOK_SECRET=whsec_… npm start

import { createServer } from "node:http";
import { Webhook } from "standardwebhooks";

/**
 * A server that takes codes.
 *
 * @param {string} secret whsec_…
 * @param {(event: { type: string, data: Record<string, string> }) => void | Promise<void>} take
 */
export function createReceiver(secret, take) {
  const webhook = new Webhook(secret);
  return createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    try {
      await take(webhook.verify(body, request.headers));
      response.writeHead(204).end();
    } catch (error) {
      process.stderr.write(`${error.message}\n`);
      response.writeHead(400).end();
    }
  });
}

export function print({ data }) {
  process.stdout.write(`The code for ${data.email ?? data.phone_number} is ${data.otp_code}.\n`);
}

if (import.meta.main) {
  const secret = process.env.DELIVERY_WEBHOOK_SECRET;
  if (!secret) throw new Error("Set DELIVERY_WEBHOOK_SECRET to what the server has, one secret of it.");
  createReceiver(secret, print).listen(Number(process.env.PORT ?? 4020), "127.0.0.1");
}
