import { readFile } from "node:fs/promises";
import type { Sql } from "postgres";

/** Processor time in seconds of all of PostgreSQL's processes so far, those that have ended included (Linux). */
export async function postgresSeconds(folder: string, sql: Sql): Promise<number> {
  const [postmaster = ""] = (await readFile(`${folder}/postmaster.pid`, "utf8")).split("\n");
  const running = await sql<{ pid: number }[]>`SELECT pid FROM pg_stat_activity`;
  const pids = [postmaster, ...running.map(({ pid }) => String(pid))];
  const ticks = await Promise.all(pids.map((pid) => ticksOf(pid, pid === postmaster)));
  return ticks.reduce((sum, each) => sum + each, 0) / 100;
}

/** proc_pid_stat(5): fields 14 to 17 are the time of the process and of its children that have ended, in 1/100 s. */
async function ticksOf(pid: string, withChildren: boolean): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const own = Number(fields[11] ?? 0) + Number(fields[12] ?? 0);
  return withChildren ? own + Number(fields[13] ?? 0) + Number(fields[14] ?? 0) : own;
}
