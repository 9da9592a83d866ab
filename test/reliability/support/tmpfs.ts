import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Whether this process may mount file systems, as root may outside of most containers. */
export const canMount = mayMount();

/**
 * Mounts an empty file system in memory on a new folder.
 *
 * @param options of tmpfs(5): `size=32m`, `ro`
 */
export function mountTmpfs(options: string): { path: string; unmount: () => void } {
  const path = mkdtempSync(join(tmpdir(), "tmpfs-"));
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", options, "tmpfs", path], { stdio: "pipe" });
  } catch (error) {
    rmSync(path, { recursive: true });
    throw error;
  }
  return {
    path,
    unmount() {
      execFileSync("umount", [path], { stdio: "pipe" });
      rmSync(path, { recursive: true });
    },
  };
}

function mayMount(): boolean {
  if (process.platform !== "linux" || process.getuid?.() !== 0) return false;
  try {
    mountTmpfs("size=1m").unmount();
    return true;
  } catch {
    return false;
  }
}
