export { generateContract } from "./generate.ts";
export { type InitOptions, initProject } from "./init-project.ts";
export { findTool } from "./tool.ts";
