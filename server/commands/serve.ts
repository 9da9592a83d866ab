import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { listenError, readCommandLine } from "contract-first/command-line";
import type { FastifyBaseLogger } from "fastify";
import { type App, buildApp } from "../app.ts";
import { type Config, readConfig, urlHost } from "../config/config.ts";
import { openLog } from "../http/log.ts";
import { greet } from "./greeting.ts";
import { reloadOnSignal } from "./reload.ts";

const usage = `Usage: authentication-methods serve

Runs the server until SIGTERM or SIGINT. It is configured by environment variables alone.
`;

const stopTimeoutMilliseconds = 10_000;

/** Runs the server until SIGTERM (after DRAIN_SECONDS) or SIGINT (at once), then lets the requests in flight finish. */
export async function serve(args: readonly string[]): Promise<void> {
  if (readCommandLine(args, usage, {}) === undefined) return;
  const config = readConfig(process.env);
  const log = await openLog(config.logLevel);
  const app = await buildApp(config, log);
  // Before it listens: whoever reads that it does may stop it at once.
  stopOnSignals(app, config.drainSeconds, log);
  reloadOnSignal(app.cipher, config, log);
  try {
    await app.http.listen({
      host: config.host,
      port: config.port,
      listenTextResolver: (origin) => `Listening on ${origin}/api/v2`,
    });
    await listenForMetrics(app.metrics?.server, config);
  } catch (error) {
    await app.http.close();
    throw listenError(error, { ...config, portSetting: "PORT (or METRICS_PORT)", hostSetting: "HOST" });
  }
  const address = app.http.server.address() as AddressInfo | null;
  // It was stopped while it was about to listen.
  if (address === null) return;
  const { port } = address;
  await greet(`http://${urlHost(config.host)}:${port}`, app.developmentIssuer, log);
  // Whoever waits for the line that says so shall not wait for the buffer to fill.
  log.flush();
}

function stopOnSignals(app: App, drainSeconds: number, log: FastifyBaseLogger): void {
  let draining: NodeJS.Timeout | undefined;
  let isStopping = false;

  function stop(): void {
    isStopping = true;
    setTimeout(() => {
      log.fatal("requests did not finish in time");
      process.exit(1);
    }, stopTimeoutMilliseconds).unref();
    app.http.close().catch((error: unknown) => {
      log.fatal({ err: error }, "the stop failed");
      process.exitCode = 1;
    });
  }

  // Sent twice, as some supervisors do, it ends nothing that the first one has let live.
  process.on("SIGTERM", (signal) => {
    if (app.drain.hasBegun) return;
    app.drain.begin();
    log.info({ signal, drainSeconds }, "stopping");
    draining = setTimeout(stop, drainSeconds * 1_000);
  });
  // Who presses Ctrl-C waits for no balancer; pressed once more it ends the process, as everywhere.
  process.once("SIGINT", (signal) => {
    if (isStopping) return process.kill(process.pid, signal);
    clearTimeout(draining);
    app.drain.begin();
    log.info({ signal }, "stopping");
    stop();
  });
}

function listenForMetrics(server: Server | undefined, config: Config): Promise<void> {
  return new Promise((resolve, reject) => {
    if (server === undefined) return resolve();
    server.once("error", reject).listen(config.metricsPort, config.metricsHost, resolve);
  });
}
