import type { ContractDocument } from "../openapi/document.ts";
import { type Match, OperationRouter } from "../openapi/router.ts";
import { Problem } from "./problem.ts";

export type { Match } from "../openapi/router.ts";

/** Finds the operation for a method and a path, or says in Prism's words that there is none. */
export class Router {
  readonly #router: OperationRouter;

  constructor(documents: readonly ContractDocument[]) {
    this.#router = new OperationRouter(documents);
  }

  /** Method and path of every operation, in the documents' order. */
  get operations(): { readonly method: string; readonly path: string }[] {
    return this.#router.operations;
  }

  /** Every operation read out of its document. Costs time in large documents. */
  readOperations(): ReturnType<OperationRouter["readOperations"]> {
    return this.#router.readOperations();
  }

  /**
   * @param method in lower case
   * @param path as it was sent: percent-encoded, without query
   * @throws Problem 404 where no path matches, 405 with `Allow` where one does but has no such method
   */
  find(method: string, path: string): Match {
    const found = this.#router.find(method, path);
    if ("operation" in found) return found;
    if (found.allowed === undefined) {
      const detail = `The route ${path} hasn't been found in the specification file`;
      throw new Problem("NO_PATH_MATCHED_ERROR", detail);
    }
    throw new Problem(
      "NO_METHOD_MATCHED_ERROR",
      `The route ${path} has been matched, but it does not have "${method}" method defined`,
      { headers: { Allow: found.allowed.map((allowed) => allowed.toUpperCase()).join(", ") } },
    );
  }
}
