import { resolve } from "node:path";
import { listenError } from "../../command-line/index.ts";
import { generateContract } from "../../init/index.ts";
import { createLog } from "../../mock/command-line/log.ts";
import { watchFiles } from "../../mock/command-line/watch.ts";
import { createMock } from "../../mock/index.ts";
import { type ContractDocument, DocumentError, loadDocument } from "../../openapi/index.ts";
import { loadRenderer } from "../docs-renderer.ts";
import type { Terminal } from "./terminal.ts";

export interface ContractWatchOptions {
  /** The folder of the bundle and the types. */
  readonly out: string;
  /** The folder of the docs. */
  readonly docs: string;
  readonly mockPort: number;
  readonly terminal: Terminal;
  /** Is told when the bundle or the types have changed. */
  readonly onGenerated: () => Promise<void> | undefined;
}

/**
 * Brings mock, docs, bundle and types of a contract up to date on every save; a broken one is told of, and changes none
 * of them.
 *
 * @throws ContractSetupError where the contract is broken when it is read first
 */
export async function watchContract(
  source: string,
  { out, docs, mockPort, terminal, onGenerated }: ContractWatchOptions,
): Promise<{ close(): Promise<void> }> {
  const tell = (name: string, text: string) => terminal.writer(name)(`${text}\n`);
  const since = Date.now();
  const first = await readWhole(source);
  const log = createLog({
    level: "info",
    format: "text",
    colour: process.stdout.hasColors?.() ?? false,
    write: terminal.writer("mock"),
  });
  const mock = await createMock(source, {
    port: mockPort,
    onExchange: log.exchange,
    onCallback: log.callback,
  }).catch((error: unknown) => {
    throw listenError(error, { host: "127.0.0.1", port: mockPort, portSetting: "--mock-port" });
  });
  tell("mock", `Mock is listening on ${mock.url}`);
  const renderer = await loadRenderer().catch((error: Error) => tell("docs", error.message));
  const render = ({ root }: ContractDocument) => {
    if (!renderer) return;
    renderer.writeSite(resolve(docs), renderer.renderDocs(root, { serverSettings: {} }));
    tell("docs", `They are rendered: open ${resolve(docs, "index.html")}`);
  };
  render(first);
  await generateContract(source, out);
  tell("types", `${out}/openapi.json and ${out}/openapi.d.ts are up to date.`);

  async function update(): Promise<void> {
    try {
      const document = await readWhole(source);
      const changed = await generateContract(source, out);
      watching.add(document.files);
      await mock.reload();
      render(document);
      tell("dev", `The contract is read again: ${mock.operations.length} operations.`);
      if (changed.length > 0) await onGenerated();
    } catch (error) {
      tell("dev", `The last good contract stays. ${describe(error)}`);
    }
  }

  // One at a time: a save while another is worked on is worked on afterwards.
  let updates = Promise.resolve();
  let waiting = 0;
  const watching = await watchFiles(first.files, since, () => {
    if (waiting > 0) return;
    waiting += 1;
    updates = updates.then(() => {
      waiting -= 1;
      return update();
    });
  });
  return {
    async close() {
      await watching.close();
      await updates;
      await mock.close();
    },
  };
}

/** @throws ContractSetupError where a file of it cannot be read, or a reference leads nowhere */
async function readWhole(source: string): Promise<ContractDocument> {
  const document = await loadDocument(source, { strict: true });
  const frames = [...document.frames.values()];
  await document.refuse().catch((error: Error) => {
    throw new DocumentError(error.message, frames[0]);
  });
  return document;
}

function describe(error: unknown): string {
  const frame = error instanceof DocumentError && error.frame !== undefined ? `\n${error.frame}` : "";
  return (error instanceof Error ? error.message : String(error)) + frame;
}
