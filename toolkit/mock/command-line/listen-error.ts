/**
 * The system's reason for not listening, in a sentence that says how to mend it.
 *
 * @param portFlag what chooses another port
 */
export function listenError(
  error: unknown,
  {
    host,
    port,
    portFlag = "--port",
  }: { readonly host: string; readonly port: number; readonly portFlag?: string },
): unknown {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  const reasons: Readonly<Record<string, string>> = {
    EADDRINUSE: `Port ${port} of ${host} is taken: choose another with ${portFlag}, or stop what listens there.`,
    EACCES: `Port ${port} needs privileges: choose one above 1023 with ${portFlag}.`,
    EADDRNOTAVAIL: `${host} is no address of this machine: choose another with --host.`,
    ENOTFOUND: `${host} is no known host: choose another with --host.`,
    EAI_AGAIN: `${host} cannot be resolved: choose another with --host.`,
  };
  const reason = typeof code === "string" ? reasons[code] : undefined;
  return reason === undefined ? error : new Error(reason);
}
