import { stat } from "node:fs/promises";

/** How long to wait for an editor to finish saving, in milliseconds. */
const settling = 80;

/** A watch over files that can be ended. */
export interface Watch {
  /** Watches these too. */
  add(files: readonly string[]): void;
  close(): Promise<void>;
}

/**
 * Calls back after one or several of the files have changed, once the changes have settled.
 *
 * @param since when the files were last read: a change between then and now counts (milliseconds since the epoch)
 */
export async function watchFiles(
  files: readonly string[],
  since: number,
  onChange: () => void,
): Promise<Watch> {
  // Loaded after the server listens: nobody waits for it.
  const { watch } = await import("chokidar");
  const watcher = watch([...files], { ignoreInitial: true, atomic: true });
  let timer: NodeJS.Timeout | undefined;
  const settle = () => {
    clearTimeout(timer);
    timer = setTimeout(onChange, settling);
  };
  watcher.on("all", settle);
  await new Promise<void>((resolve) => watcher.once("ready", () => resolve()));
  if (await changedSince(files, since)) settle();
  return {
    add: (more) => void watcher.add([...more]),
    close: () => {
      clearTimeout(timer);
      return watcher.close();
    },
  };
}

async function changedSince(files: readonly string[], since: number): Promise<boolean> {
  const times = await Promise.all(
    files.map((file) =>
      stat(file).then(
        ({ mtimeMs }) => mtimeMs,
        () => 0,
      ),
    ),
  );
  return times.some((time) => time > since);
}
