/** Where a server was to listen, and what chooses another place. */
export interface ListenSettings {
  readonly host: string;
  readonly port: number;
  /** @default "--port" */
  readonly portSetting?: string;
  /** @default "--host" */
  readonly hostSetting?: string;
}

/** The system's reason for not listening, in a sentence that says how to mend it; any other error as it is. */
export function listenError(
  error: unknown,
  { host, port, portSetting = "--port", hostSetting = "--host" }: ListenSettings,
): unknown {
  const { code, port: refused = port } = error as NodeJS.ErrnoException & { readonly port?: number };
  const reasons: Readonly<Record<string, string>> = {
    EADDRINUSE: `Port ${refused} of ${host} is taken: choose another with ${portSetting}, or stop what listens there.`,
    EACCES: `Port ${refused} needs privileges: choose one above 1023 with ${portSetting}.`,
    EADDRNOTAVAIL: `${host} is no address of this machine: choose another with ${hostSetting}.`,
    ENOTFOUND: `${host} is no known host: choose another with ${hostSetting}.`,
    EAI_AGAIN: `${host} cannot be resolved: choose another with ${hostSetting}.`,
  };
  const reason = code === undefined ? undefined : reasons[code];
  return reason === undefined ? error : new Error(reason);
}
