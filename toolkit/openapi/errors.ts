/** Something in a document that cannot be served as it stands. */
export interface Problem {
  /** The JSON Pointer (RFC 6901, as a URI fragment) that leads to it; `#` where the whole document is meant. */
  readonly pointer: string;
  /** `openapi.yaml:12:5`, where the document came from a file. */
  readonly place?: string;
  /** Without a strict reading, something that the document asks for is not checked. */
  readonly isUnchecked?: boolean;
  /** One sentence that names the place and says how to mend it. */
  readonly message: string;
}

/** The contract, the handlers and the server do not fit together; the message says how to mend it. */
export class ContractSetupError extends Error {
  override readonly name: string = "ContractSetupError";
  /** All that is wrong, each with its place. */
  readonly problems: readonly Problem[];

  constructor(message: string, problems: readonly Problem[] = [{ pointer: "#", message }]) {
    super(message);
    this.problems = problems;
  }
}

/** A document that cannot be read at all. The message is one sentence that says what to mend. */
export class DocumentError extends ContractSetupError {
  override readonly name = "DocumentError";
  /** The place in the file: numbered lines with a caret below. Undefined where it is the whole. */
  readonly frame: string | undefined;

  constructor(message: string, frame?: string) {
    super(message);
    this.frame = frame;
  }
}

/** Every problem in one error: alone it is the message, else each is a line. */
export function setupError(problems: readonly Problem[]): ContractSetupError {
  const lines = problems.map(({ place, message }) =>
    place === undefined ? message : `${place}: ${message}`,
  );
  const message =
    lines.length === 1
      ? (lines[0] ?? "")
      : `The contract has ${lines.length} problems:\n${lines.map((line) => `- ${line}`).join("\n")}`;
  return new ContractSetupError(message, problems);
}
