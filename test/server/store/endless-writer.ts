import { openStore } from "../../../server/store/open.ts";
import { acceptUnknownUsers, actor, phone } from "./records.ts";

/*
 * A process of its own that is there to be killed: opens the store of its first argument and creates methods
 * for users of its second without end, ten in each event-loop turn, printing each id once it is acknowledged.
 */
const [databaseUrl = "", writer = ""] = process.argv.slice(2);
const store = await openStore(databaseUrl, acceptUnknownUsers);
for (let turn = 0; ; turn += 1) {
  const methods = Array.from({ length: 10 }, (_, index) => phone(`${writer}|${turn}-${index}`));
  await Promise.all(
    methods.map(async (method) => {
      await store.createMethod(method, actor);
      process.stdout.write(`${method.userId} ${method.id}\n`);
    }),
  );
}
