import { userInfo } from "node:os";
import type { Actor } from "../store/audit/event.ts";

/** Who the audit trail names for what a command does: the user of the machine who runs it. */
export function operator(command: string): Actor {
  return {
    subject: `${userName()} (${command})`,
    clientId: undefined,
    requestId: undefined,
    address: undefined,
  };
}

/** A container may run as a number without a name. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return `user ${process.getuid?.() ?? ""}`.trim();
  }
}
