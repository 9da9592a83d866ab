export { type CheckName, checkNames } from "./checks/fault.ts";
export type { Finding } from "./findings.ts";
export { replayFindings } from "./replay.ts";
export { har } from "./report/har.ts";
export { htmlReport } from "./report/html.ts";
export { jsonLines } from "./report/json-lines.ts";
export { junit } from "./report/junit.ts";
export { textReport } from "./report/text.ts";
export type { Credentials } from "./request/credentials.ts";
export { type Phase, phases } from "./request/request-case.ts";
export type { Exchange } from "./request/send.ts";
export {
  type ConformanceOptions,
  type ConformanceResult,
  checkConformance,
  type Progress,
  planConformance,
} from "./run.ts";
