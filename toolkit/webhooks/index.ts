export type { Exchange } from "../openapi/index.ts";
export { createWebhooks, type WebhookOptions, type Webhooks } from "./create-webhooks.ts";
export { InvalidMessageError, UndocumentedAnswerError } from "./errors.ts";
export type { Message, ReceivedAnswer } from "./message-types.ts";
