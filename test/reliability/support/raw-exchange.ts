import { once } from "node:events";
import { connect, type Socket } from "node:net";

/** What a connection brought until the server closed it. */
export interface RawAnswer {
  readonly status: number | undefined;
  /** Parsed where it is JSON. */
  // biome-ignore lint/suspicious/noExplicitAny: a test reads whatever the answer holds and asserts it
  readonly body: any;
  readonly milliseconds: number;
}

/** Opens a connection, lets `write` send whatever it likes, and reads until the server closes. */
export async function exchange(
  port: number,
  write: (socket: Socket) => void | Promise<void>,
): Promise<RawAnswer> {
  const started = performance.now();
  const socket = connect(port, "127.0.0.1");
  let text = "";
  socket.on("data", (data) => {
    text += data;
  });
  // A server that has heard enough resets the connection; what it answered before that is what counts.
  socket.on("error", () => {});
  const closed = anyOf(socket, "close");
  await once(socket, "connect");
  await write(socket);
  await closed;
  return { ...parse(text), milliseconds: performance.now() - started };
}

const piece = Buffer.alloc(2 ** 18, "a");
const pieces = 400;

/**
 * Sends 100 MiB: a little until the server answers, then all the rest as fast as it is taken, until the server
 * hangs up. Who goes on writing before the answer is read may find it taken away by a reset.
 */
export async function pump(socket: Socket, { frame, end }: Framing): Promise<void> {
  const data = frame(piece);
  socket.write(data);
  await anyOf(socket, "data", "close");
  for (let left = pieces - 1; left > 0 && socket.writable; left -= 1) {
    if (!socket.write(data)) await anyOf(socket, "drain", "close");
  }
  socket.end(end);
}

/** How a body's end is told (RFC 9112, section 6). */
export interface Framing {
  readonly header: string;
  frame(data: Buffer): Buffer;
  readonly end: string;
}

export const byLength: Framing = {
  header: `Content-Length: ${pieces * piece.length}\r\n`,
  frame: (data) => data,
  end: "",
};

export const byChunks: Framing = {
  header: "Transfer-Encoding: chunked\r\n",
  frame: (data) => Buffer.concat([Buffer.from(`${data.length.toString(16)}\r\n`), data, Buffer.from("\r\n")]),
  end: "0\r\n\r\n",
};

/** Unlike `once` of node:events, does not reject where the connection is reset. */
function anyOf(socket: Socket, ...events: readonly string[]): Promise<void> {
  return new Promise((resolve) => {
    const listener = () => {
      for (const event of events) socket.off(event, listener);
      resolve();
    };
    for (const event of events) socket.on(event, listener);
  });
}

function parse(text: string): Pick<RawAnswer, "status" | "body"> {
  const status = /^HTTP\/1\.1 (\d{3}) /.exec(text)?.[1];
  const body = text.slice(text.indexOf("\r\n\r\n") + 4);
  return { status: status === undefined ? undefined : Number(status), body: parseJson(body) };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
