export { CommandLineError, commandLineError, readCommandLine } from "./command-line.ts";
export { listenError } from "./listen-error.ts";
