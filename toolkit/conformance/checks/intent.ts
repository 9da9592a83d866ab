import type { Operation } from "../../openapi/index.ts";
import type { RequestCase } from "../request/request-case.ts";
import type { Exchange } from "../request/send.ts";
import { knowsFormat } from "../values/validator.ts";
import { describedAs, describesSuccess, fault } from "./answer.ts";
import type { Fault } from "./fault.ts";

/** Statuses that say a request was not as it should be. */
const refusals = new Set([400, 405, 406, 411, 413, 414, 415, 417, 422, 431]);

const ownFormats = new WeakMap<Operation, boolean>();

/** Whether the operation takes values of formats that are the document's own. */
function hasOwnFormats({ operation }: RequestCase): boolean {
  const known = ownFormats.get(operation);
  if (known !== undefined) return known;
  const schemas = [
    ...(operation.requestBody?.contents ?? []).map(({ schema }) => schema?.json),
    ...Object.values(operation.parameters).flatMap((list) => list.map(({ schema }) => schema?.json)),
  ];
  const names = [...JSON.stringify(schemas).matchAll(/"format":"([^"]+)"/g)].map(([, name = ""]) => name);
  const found = names.some((name) => !knowsFormat(name));
  ownFormats.set(operation, found);
  return found;
}

/** Whether an answer is one that the request's intent allows. */
export function checkIntent(request: RequestCase, { answer }: Exchange): Fault[] {
  const { intent, operation } = request;
  if (answer === undefined) return [];
  const { status, headers } = answer;
  const isSuccess = status < 400;
  switch (intent.kind) {
    case "valid": {
      if (!refusals.has(status) || !describesSuccess(operation)) return [];
      // What was made up may break a format that only the server knows; the document's own examples do not.
      if (request.phase !== "examples" && hasOwnFormats(request)) return [];
      // Where 400 is documented, 422 is what a rule beyond the schema says.
      if (status === 422 && describedAs(operation, 400)?.code === "400" && describedAs(operation, 422))
        return [];
      return [fault("refused-allowed", `The contract allows it, and it was refused with ${status}.`, status)];
    }
    case "broken":
      return isSuccess
        ? [
            fault(
              "accepted-forbidden",
              `${intent.what} is broken, and it was accepted with ${status}.`,
              intent.what,
            ),
          ]
        : [];
    case "without credentials":
      return isSuccess
        ? [
            fault(
              "ignored-authentication",
              `${intent.what}, and it was accepted with ${status}.`,
              intent.what,
            ),
          ]
        : [];
    case "wrong scope":
      return isSuccess ? [fault("ignored-scope", `${intent.what}, and it was accepted with ${status}.`)] : [];
    case "other user":
      return isSuccess
        ? [fault("other-users-resource", `${intent.what}, and it was answered with ${status}.`)]
        : [];
    case "wrong method": {
      if (status !== 405)
        return [
          fault(
            "wrong-method",
            `${request.method} is no operation, and was answered with ${status} and not 405.`,
          ),
        ];
      const allow = headers.get("allow");
      if (allow === null)
        return [fault("wrong-method", "405 came without Allow (RFC 9110, section 15.5.6).", "Allow")];
      const methods = allow.split(",").map((method) => method.trim().toUpperCase());
      const missing = intent.allowed.filter((method) => !methods.includes(method));
      return missing.length === 0
        ? []
        : [fault("wrong-method", `Allow does not name ${missing.join(", ")}.`, "Allow names")];
    }
    default:
      return [];
  }
}
