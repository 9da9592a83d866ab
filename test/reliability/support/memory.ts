import { readFileSync, writeFileSync } from "node:fs";

/** Bytes of memory that a process holds (proc_pid_status(5)), or NaN where the system has no /proc. */
export function residentMemory(pid: number): number {
  return read(pid, "VmRSS");
}

/** The most it held since `forgetPeakMemory`. */
export function peakMemory(pid: number): number {
  return read(pid, "VmHWM");
}

export function forgetPeakMemory(pid: number): void {
  if (process.platform === "linux") writeFileSync(`/proc/${pid}/clear_refs`, "5");
}

function read(pid: number, field: string): number {
  if (process.platform !== "linux") return Number.NaN;
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  return Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, "m").exec(status)?.[1]) * 1024;
}
