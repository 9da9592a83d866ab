import { openAsBlob } from "node:fs";
import { type FileHandle, mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ReadFile } from "../openapi/multipart.ts";
import type { BodyStream } from "./body-stream.ts";

/** Larger files wait on the disk, in bytes. */
const largestInMemory = 65_536;

/**
 * Receives the files of one form as `File`s: small ones in memory, others in a temporary folder that only this process
 * may read, until the request is answered.
 */
export function fileReceiver(form: BodyStream): ReadFile {
  let folder: Promise<string> | undefined;
  let count = 0;
  const makeFolder = () => {
    folder ??= mkdtemp(join(tmpdir(), "upload-"));
    return folder;
  };
  form.whenAnswered(() => {
    folder?.then((path) => rm(path, { recursive: true, force: true })).catch(() => {});
  });
  return async (bytes, { filename = "", mediaType: type }) => {
    const held: Buffer[] = [];
    let size = 0;
    let kept: FileHandle | undefined;
    let path = "";
    try {
      for await (const chunk of bytes) {
        size += chunk.length;
        if (kept !== undefined) await kept.writeFile(chunk);
        else {
          held.push(chunk);
          if (size <= largestInMemory) continue;
          path = join(await makeFolder(), String(count++));
          kept = await open(path, "wx", 0o600);
          await kept.writeFile(Buffer.concat(held.splice(0)));
        }
      }
    } finally {
      await kept?.close();
    }
    return new File([kept === undefined ? Buffer.concat(held) : await openAsBlob(path)], filename, { type });
  };
}
