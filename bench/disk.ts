import { closeSync, fdatasyncSync, openSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { median } from "./table.ts";

/** What a durable write of 4 kB to the disk of `folder` takes, in milliseconds. */
export function measureSyncs(folder: string): { readonly median: number; readonly largest: number } {
  const path = join(folder, "synced");
  const file = openSync(path, "w");
  const times = Array.from({ length: 200 }, () => {
    writeSync(file, Buffer.alloc(4_096));
    const begun = performance.now();
    fdatasyncSync(file);
    return performance.now() - begun;
  });
  closeSync(file);
  rmSync(path);
  return { median: median(times), largest: Math.max(...times) };
}
