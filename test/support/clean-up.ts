import { afterAll } from "vitest";
import { cleanUpAfterFile } from "./after-file.ts";

// Run for each test file, in a process that may have had others before; what this imports is loaded once.
afterAll(cleanUpAfterFile);
