import module from "node:module";

// SQLite's writer is a thread that Node loads by itself: from the cache it need not strip its types for each store.
module.enableCompileCache();
