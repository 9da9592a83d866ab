// Receives the codes that the server posts and sends those for mailboxes by SMTP.
//
//   SMTP_URL=smtps://user:password@smtp.example.com MAIL_FROM=codes@example.com \
//   DELIVERY_WEBHOOK_SECRET=whsec_… node examples/receivers/mail.js

import { createTransport } from "nodemailer";
import { createReceiver } from "./print.js";

/**
 * What sends a code by mail.
 *
 * @param {string} url of the SMTP server
 * @param {string} from the sender's address
 */
export function mailer(url, from) {
  const transport = createTransport(url);
  return async ({ data }) => {
    // A refusal makes the server try once more, and then tell its caller.
    if (data.channel !== "email") throw new Error(`This receiver sends no ${data.channel}.`);
    await transport.sendMail({
      from,
      to: data.email,
      subject: `${data.otp_code} is your code`,
      text: `Your code is ${data.otp_code}. It is good until ${data.expires_at}. Nobody will ask you for it.`,
    });
  };
}

if (import.meta.main) {
  const { SMTP_URL, MAIL_FROM, DELIVERY_WEBHOOK_SECRET: secret } = process.env;
  if (!SMTP_URL || !MAIL_FROM || !secret)
    throw new Error("Set SMTP_URL, MAIL_FROM and DELIVERY_WEBHOOK_SECRET.");
  createReceiver(secret, mailer(SMTP_URL, MAIL_FROM)).listen(Number(process.env.PORT ?? 4020), "127.0.0.1");
}
