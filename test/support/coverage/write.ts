import { afterAll } from "vitest";
import { writeExchanges } from "./record.ts";

// Run for each test file, in a process that may have had others before; what this imports is loaded once.
afterAll(writeExchanges);
