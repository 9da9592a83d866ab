// Run in a process of its own for each document, so that time and memory are its own. Prints one line of JSON.
import { examine } from "./examine.ts";

const [file = "", maxRequests = "500"] = process.argv.slice(2);
const begun = performance.now();
const found = await examine(file, Number(maxRequests));
process.stdout.write(
  `${JSON.stringify({ ...found, milliseconds: Math.round(performance.now() - begun), megabytes: Math.round(process.resourceUsage().maxRSS / 1024) })}\n`,
);
