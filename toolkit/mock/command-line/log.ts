import { styleText } from "node:util";
import { type Exchange, preflightLabel } from "../exchange.ts";
import type { CallbackResult } from "../response/callback.ts";
import type { Violation } from "../violation.ts";
import { escapeControls, plain, plainLines } from "./plain.ts";

/** Prism's levels: what is below the chosen one is left out. */
export const logLevels = ["trace", "debug", "info", "warn", "error", "fatal", "silent"] as const;
export type LogLevel = (typeof logLevels)[number];

/** How a mock's log is written. */
export interface LogOptions {
  readonly level: LogLevel;
  readonly format: "text" | "json";
  readonly write: (text: string) => void;
  readonly colour: boolean;
}

/** Tells what a mock does, one line a request, and why it was refused below it. */
export interface Log {
  exchange(exchange: Exchange, milliseconds: number): void;
  callback(result: CallbackResult): void;
  /** @param frame numbered lines of a file */
  note(level: "info" | "warn", message: string, frame?: string): void;
}

/** Lines of one event-loop turn are written together: a write for each would halve the speed of the server. */
function batched(write: (text: string) => void): (line: string) => void {
  let lines: string[] = [];
  return (line) => {
    if (lines.push(line) > 1) return;
    setImmediate(() => {
      const text = lines.join("");
      lines = [];
      write(text);
    });
  };
}

/** What Prism says of itself in its problems, as ours. */
function ownName(reason: string): string {
  return reason.replace(/, so Prism is generating this error for you/, ", so the mock answers by itself");
}

function clock(): string {
  return new Date().toTimeString().slice(0, 8);
}

/** Query parameters whose value is a credential. */
const secretName = /^(api[-_]?key|access[-_]?token|token|password|client[-_]?secret|secret|signature)$/i;

/** A log that leaves out what is below its level. */
export function createLog({ level, format, write, colour }: LogOptions): Log {
  const append = batched(write);
  const least = logLevels.indexOf(level);
  const shown = (one: LogLevel) => logLevels.indexOf(one) >= least;
  const paint: Paint = (style, text) => (colour ? styleText(style, text, { validateStream: false }) : text);
  const line = (entry: () => Record<string, unknown>, text: () => string) => {
    if (format === "text") append(`${text()}\n`);
    else append(`${escapeControls(JSON.stringify({ time: new Date().toISOString(), ...entry() }))}\n`);
  };
  return {
    exchange(exchange, milliseconds) {
      const severity = severityOf(exchange);
      if (!shown(severity)) return;
      line(
        () => ({ level: severity, ...toEntry(exchange, milliseconds) }),
        () => toText(exchange, milliseconds, paint),
      );
    },
    callback({ name, method, url, outcome }) {
      if (!shown("info")) return;
      line(
        () => ({ level: "info", callback: name, method, url, outcome }),
        () => `${clock()} ${plain(`callback ${name}: ${method} ${url} ${outcome}`)}`,
      );
    },
    note(severity, message, frame) {
      if (!shown(severity)) return;
      line(
        () => ({ level: severity, message, frame }),
        () => {
          const text = severity === "warn" ? paint("yellow", plain(message)) : plainLines(message);
          return frame === undefined ? text : `${text}\n${plainLines(frame)}`;
        },
      );
    },
  };
}

type Paint = (style: Parameters<typeof styleText>[0], text: string) => string;

function severityOf({ answer, requestViolations, reason }: Exchange): "debug" | "info" | "warn" | "error" {
  if (reason === preflightLabel) return "debug";
  if (answer.status >= 500) return "error";
  return answer.status >= 400 || requestViolations.length > 0 ? "warn" : "info";
}

function toEntry(exchange: Exchange, milliseconds: number): Record<string, unknown> {
  const { request, answer, operationId, reason, requestViolations, responseViolations } = exchange;
  const violations = [...requestViolations, ...responseViolations].map(({ message }) => message);
  return {
    method: request.method.toUpperCase(),
    url: request.path + searchOf(request.query),
    status: answer.status,
    milliseconds: round(milliseconds),
    operationId,
    reason: ownName(reason),
    ...(violations.length > 0 && { violations }),
  };
}

function toText(exchange: Exchange, milliseconds: number, paint: Paint): string {
  const { request, answer, reason, requestViolations, responseViolations } = exchange;
  const method = paint("bold", plain(request.method.toUpperCase()).padEnd(6));
  const status = paint(statusStyle(answer.status), String(answer.status));
  const why = paint("gray", `${round(milliseconds)} ms, ${plain(ownName(reason))}`);
  let text = `${paint("gray", clock())} ${method} ${plain(request.path)}${searchOf(request.query)} ${status} ${why}`;
  for (const violation of requestViolations)
    text += `\n       ${paint("yellow", plain(describe(violation)))}`;
  for (const violation of responseViolations)
    text += `\n       ${paint("yellow", plain(describe(violation)))}`;
  return text;
}

function searchOf(query: URLSearchParams): string {
  if (query.size === 0) return "";
  const shown = new URLSearchParams(
    [...query].map(([name, value]): [string, string] => [name, secretName.test(name) ? "…" : value]),
  );
  return `?${shown}`;
}

function statusStyle(status: number): "green" | "cyan" | "yellow" | "red" {
  if (status < 300) return "green";
  if (status < 400) return "cyan";
  return status < 500 ? "yellow" : "red";
}

function describe({ severity, code, message }: Violation): string {
  return `${severity === "Warning" ? "warning: " : ""}${message}${code === undefined ? "" : ` (${code})`}`;
}

function round(milliseconds: number): number {
  return Math.round(milliseconds * 10) / 10;
}
