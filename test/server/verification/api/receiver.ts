import { once } from "node:events";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

/** A post that a receiver got. */
export interface Post {
  readonly url: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** What a receiver answers to its posts, in order; the last to all that follow. `undefined`: nothing at all. */
export type Answers = readonly (
  | { readonly status: number; readonly headers?: Record<string, string> }
  | undefined
)[];

/** A server that receives webhooks on this machine, gone when the test is finished. */
export async function startReceiver(answers: Answers = [{ status: 204 }]) {
  const posts: Post[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    posts.push({ url: request.url, headers: request.headers, body: Buffer.concat(chunks).toString() });
    const answer = answers[Math.min(posts.length, answers.length) - 1];
    if (answer !== undefined) response.writeHead(answer.status, answer.headers).end();
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { posts, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/codes` };
}
