import { renameSync, writeFileSync } from "node:fs";
import { type Profiler, Session } from "node:inspector";

/**
 * Loaded into a server before anything else (`--import`): SIGUSR2 begins a CPU profile of each of its threads, and
 * once more writes them to PROFILE_FILE, by the thread's name.
 */

const { PROFILE_FILE: file = "profiles.json", PROFILE_INTERVAL: interval = "100" } = process.env;

interface Thread {
  readonly name: string;
  ask(method: string, params?: object): Promise<unknown>;
}

const session = new Session();
const threads: Thread[] = [];
let isRunning = false;

process.on("SIGUSR2", async () => {
  if (threads.length === 0) await attach();
  isRunning = !isRunning;
  if (isRunning) {
    await askAll("Profiler.enable");
    await askAll("Profiler.setSamplingInterval", { interval: Number(interval) });
    await askAll("Profiler.start");
    return;
  }
  const stopped = (await askAll("Profiler.stop")) as { profile: Profiler.Profile }[];
  const profiles = stopped.map(({ profile }, index) => [threads[index]?.name, profile]);
  writeFileSync(`${file}.part`, JSON.stringify(Object.fromEntries(profiles)));
  // Whoever waits for it finds the whole.
  renameSync(`${file}.part`, file);
});

function askAll(method: string, params?: object): Promise<unknown[]> {
  return Promise.all(threads.map((thread) => thread.ask(method, params)));
}

async function attach(): Promise<void> {
  session.connect();
  threads.push({ name: "serving", ask: (method, params = {}) => post(method, params) });
  const waiting = new Map<string, (result: unknown) => void>();
  let lastId = 0;
  session.on("NodeWorker.attachedToWorker", ({ params: { sessionId, workerInfo } }) => {
    const ask = (method: string, params: object = {}) =>
      new Promise((resolve, reject) => {
        const id = ++lastId;
        waiting.set(`${sessionId}/${id}`, resolve);
        const message = JSON.stringify({ id, method, params });
        post("NodeWorker.sendMessageToWorker", { sessionId, message }).catch(reject);
      });
    threads.push({ name: workerInfo.title || "worker", ask });
  });
  session.on("NodeWorker.receivedMessageFromWorker", ({ params: { sessionId, message } }) => {
    const { id, result } = JSON.parse(message);
    waiting.get(`${sessionId}/${id}`)?.(result);
  });
  await post("NodeWorker.enable", { waitForDebuggerOnStart: false });
}

function post(method: string, params: object): Promise<unknown> {
  return new Promise((resolve, reject) => {
    session.post(method, params, (error, result) => (error ? reject(error) : resolve(result)));
  });
}
