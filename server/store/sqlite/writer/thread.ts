import { type MessagePort, parentPort, workerData } from "node:worker_threads";
import { DatabaseStore } from "../../database-store.ts";
import { connect } from "../connection.ts";
import { SqliteEngine } from "../engine.ts";
import { type Answer, type Call, toFailure, type WriterData, type WriterRequest } from "./messages.ts";

// The thread that writes: it has the store on a connection of its own, and does what `Writer` asks of it.
const port = parentPort as MessagePort;
const { path, rules, auditKey } = workerData as WriterData;
const engine = new SqliteEngine(connect(path), rules);
const store = await DatabaseStore.open(engine, { ...rules, auditKey: async () => auditKey });
let answers: Answer[] = [];

port.on("message", async (request: WriterRequest) => {
  if (request === "close") {
    await store.close();
    port.close();
  } else {
    for (const call of request) answer(call);
  }
});

async function answer({ id, name, args }: Call): Promise<void> {
  try {
    send({ id, result: await Reflect.apply(store[name], store, args) });
  } catch (error) {
    send({ id, failure: toFailure(error) });
  }
}

/** With all the answers that a commit settles: the next tick comes when no promise is left. */
function send(answer: Answer): void {
  if (answers.push(answer) === 1) process.nextTick(flush);
}

function flush(): void {
  port.postMessage(answers);
  answers = [];
}
