// Run for each test file, while what it imports is loaded once for a process.
import "./compiled-rules.ts";
