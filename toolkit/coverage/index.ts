export type { Exchange } from "./exchange.ts";
export { coveragePlugin } from "./fastify.ts";
export { recordingFetch } from "./fetch.ts";
export { readHar } from "./har.ts";
export type { Item } from "./items.ts";
export { Recorder } from "./recorder.ts";
export { readRecords, writeRecord } from "./records.ts";
export { type CoverageReport, coverageHtml, coverageText, reportCoverage } from "./report.ts";
