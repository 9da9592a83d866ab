import { loadDocument } from "contract-first/openapi";
import { openServer } from "../../scripts/contracts/open-server.ts";
import { announce } from "./announce.ts";

/** Any document on the bridge, leniently: `node lenient.ts <document>`. */
const document = await loadDocument(process.argv[2] ?? "", { strict: false });
await announce(await openServer(document, { lenient: true, prefix: "/" }));
