/** Ctrl-C or SIGTERM ended a command before it was done; the message tells what was done and how to go on. */
export class InterruptedError extends Error {
  override readonly name = "InterruptedError";
  readonly signal: "SIGINT" | "SIGTERM";

  constructor(message: string, signal: "SIGINT" | "SIGTERM") {
    super(message);
    this.signal = signal;
  }

  /** 128 and the number of the signal, as a shell tells it. */
  get exitCode(): number {
    return this.signal === "SIGINT" ? 130 : 143;
  }
}

/**
 * Does `work`, which stops where it can once its signal is aborted by SIGINT or SIGTERM. Where it does not come to
 * that, as a database keeps it waiting, a second signal ends the process as ever.
 *
 * @param told what was done by then, and whether it can be gone on with
 * @throws InterruptedError with that, once `work` has ended by the signal
 */
export async function untilInterrupted<Result>(
  work: (signal: AbortSignal) => Promise<Result>,
  told: () => string,
): Promise<Result> {
  const controller = new AbortController();
  const stop = (signal: "SIGINT" | "SIGTERM") => {
    process.off("SIGINT", stop).off("SIGTERM", stop);
    controller.abort(new InterruptedError("Stopped.", signal));
  };
  process.on("SIGINT", stop).on("SIGTERM", stop);
  try {
    return await work(controller.signal);
  } catch (error) {
    const { aborted, reason } = controller.signal;
    if (!aborted || error !== reason) throw error;
    throw new InterruptedError(told(), reason.signal);
  } finally {
    process.off("SIGINT", stop).off("SIGTERM", stop);
  }
}
