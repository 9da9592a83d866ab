/** The contract, the handlers and the server do not fit together; the message says how to mend it. */
export class ContractSetupError extends Error {
  override readonly name = "ContractSetupError";
}
