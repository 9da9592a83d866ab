/** How long to wait for an editor to finish saving, in milliseconds. */
const SETTLING = 80;

/** A watch over files that can be ended. */
export interface Watch {
  /** Watches these too. */
  add(files: readonly string[]): void;
  close(): Promise<void>;
}

/** Calls back after one or several of the files have changed, once the changes have settled. */
export async function watchFiles(files: readonly string[], onChange: () => void): Promise<Watch> {
  const { watch } = await import("chokidar");
  const watcher = watch([...files], { ignoreInitial: true, atomic: true });
  let timer: NodeJS.Timeout | undefined;
  watcher.on("all", () => {
    clearTimeout(timer);
    timer = setTimeout(onChange, SETTLING);
  });
  await new Promise<void>((resolve) => watcher.once("ready", () => resolve()));
  return {
    add: (more) => void watcher.add([...more]),
    close: () => {
      clearTimeout(timer);
      return watcher.close();
    },
  };
}
