import type { ContractDocument } from "../../openapi/document.ts";
import { stringifyExact } from "../../openapi/exact-integers.ts";
import type { MockAnswer, MockRequest } from "../message.ts";
import type { Router } from "../router.ts";
import { contentSecurityPolicy, renderReference } from "./reference-page.ts";

/** Rendered once for each reading of the documents. */
const pages = new WeakMap<Router, string>();

/**
 * The documents themselves: `/openapi.json` (the second one at `?document=2`) and `/docs`, to which `/` leads a browser.
 * Undefined where the request is for something else, or a document describes these paths itself.
 */
export function documentPage(
  request: MockRequest,
  documents: readonly ContractDocument[],
  router: Router,
): MockAnswer | undefined {
  const { method, path, query } = request;
  if ((method !== "get" && method !== "head") || !["/", "/openapi.json", "/docs"].includes(path))
    return undefined;
  if (router.operations.some((operation) => operation.path === path)) return undefined;
  if (path === "/") {
    const isBrowser = request.headers.accept?.includes("text/html") ?? false;
    return isBrowser ? { status: 302, headers: { location: "/docs" }, body: undefined } : undefined;
  }
  if (path === "/docs") {
    const headers = {
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": contentSecurityPolicy,
    };
    let body = pages.get(router);
    if (body === undefined) {
      body = renderReference(documents, router.readOperations());
      pages.set(router, body);
    }
    return { status: 200, headers, body };
  }
  const document = documents[Number(query.get("document") ?? 1) - 1];
  if (!document) return undefined;
  return {
    status: 200,
    headers: { "content-type": "application/json" },
    body: stringifyExact(document.root, 2),
  };
}
