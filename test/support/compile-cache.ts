import module from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";

// The processes that tests start load the same files again and again: none but the first strips and compiles them.
process.env.NODE_COMPILE_CACHE ??= join(tmpdir(), "node-compile-cache");
// SQLite's writer is a thread that Node loads by itself: from the cache it need not strip its types for each store.
module.enableCompileCache();
