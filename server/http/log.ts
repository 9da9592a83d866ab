import pino, { type Logger } from "pino";

const bufferedBytes = 32 * 1024;
const flushMilliseconds = 500;

/** The log on standard output: JSON lines, or readable ones where a person watches a terminal. */
export async function openLog(level: string): Promise<Logger> {
  if (process.stdout.isTTY) {
    const { default: pretty } = await import("pino-pretty");
    return pino({ level }, pretty({ ignore: "pid,hostname", translateTime: "SYS:HH:MM:ss", sync: true }));
  }
  // One write for each line would cost more than a request's other work.
  const destination = pino.destination({
    sync: false,
    minLength: bufferedBytes,
    maxWrite: 2 * bufferedBytes,
  });
  setInterval(() => destination.flush(), flushMilliseconds).unref();
  return pino({ level, base: null, formatters: { level: (label) => ({ level: label }) } }, destination);
}
