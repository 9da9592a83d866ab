import type { Store } from "../../store.ts";
import type { CallName } from "./messages.ts";
import type { Writer } from "./writer.ts";

/**
 * The store that reads on this thread and writes on another. A read that begins after the answer to a write sees it.
 *
 * @param direct reads, and makes settings: at the start, before there is anyone who would wait
 * @param writer has the same file open
 */
export function threadedStore(direct: Store, writer: Writer): Store {
  const ask =
    <Name extends CallName>(name: Name) =>
    (...args: Parameters<Store[Name]>) =>
      writer.call(name, args);
  return {
    createUser: ask("createUser"),
    deleteUser: ask("deleteUser"),
    createMethod: ask("createMethod"),
    updateMethod: ask("updateMethod"),
    replaceMethods: ask("replaceMethods"),
    deleteMethods: ask("deleteMethods"),
    deleteMethod: ask("deleteMethod"),
    verify: ask("verify"),
    sendCode: ask("sendCode"),
    enrolMethod: ask("enrolMethod"),
    record: ask("record"),
    recordRefusedAnswer: ask("recordRefusedAnswer"),
    removeExpired: ask("removeExpired"),

    // A read by a `reader` is recorded, which is a write.
    getUser: (...args) => (args[1] === undefined ? direct.getUser(...args) : writer.call("getUser", args)),
    listUsers: (...args) =>
      args[1] === undefined ? direct.listUsers(...args) : writer.call("listUsers", args),
    listMethods: (...args) =>
      args[2] === undefined ? direct.listMethods(...args) : writer.call("listMethods", args),
    getMethod: (...args) =>
      args[2] === undefined ? direct.getMethod(...args) : writer.call("getMethod", args),

    findCredential: (credentialId) => direct.findCredential(credentialId),
    listAuditEvents: (...args) => direct.listAuditEvents(...args),
    countAuditEvents: (...args) => direct.countAuditEvents(...args),
    getOrCreateSetting: (...args) => direct.getOrCreateSetting(...args),

    async ping() {
      await Promise.all([direct.ping(), writer.call("ping", [])]);
    },
    async close() {
      await writer.close();
      await direct.close();
    },
  };
}
