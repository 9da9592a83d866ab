import pino, { type DestinationStream, type Logger } from "pino";

const batchLength = 32 * 1024;
const flushMilliseconds = 500;

/** The log on standard output: JSON lines, or readable ones where a person watches a terminal. */
export async function openLog(level: string): Promise<Logger> {
  if (process.stdout.isTTY) {
    const { default: pretty } = await import("pino-pretty");
    return pino({ level }, pretty({ ignore: "pid,hostname", translateTime: "SYS:HH:MM:ss", sync: true }));
  }
  return pino({ level, base: null, formatters: { level: (label) => ({ level: label }) } }, batches());
}

/**
 * Gathers lines into batches, since one write for each would cost more than a request's other work. pino's own
 * `minLength` does so too, but measures all that it has gathered anew for each line.
 */
function batches(): DestinationStream & { flush(): void; flushSync(): void } {
  const destination = pino.destination({ sync: false });
  let batch = "";

  function flush(): void {
    if (batch !== "") destination.write(batch);
    batch = "";
  }

  function flushSync(): void {
    flush();
    destination.flushSync();
  }

  setInterval(flush, flushMilliseconds).unref();
  process.once("exit", flushSync);
  return {
    write(line) {
      batch += line;
      if (batch.length >= batchLength) flush();
    },
    flush,
    flushSync,
  };
}
