import { isObject, type JsonObject } from "../openapi/index.ts";
import type { Fault } from "./checks/fault.ts";
import { keyOf } from "./findings.ts";
import { places } from "./request/build.ts";
import type { RequestCase } from "./request/request-case.ts";
import type { Session } from "./session.ts";

/** Requests spent on making one finding's request smaller. */
const mostTries = 12;

/** Leaves out of a request whatever does not take the fault with it. What is deleted cannot be tried again. */
export async function reduce(session: Session, fault: Fault, request: RequestCase): Promise<void> {
  if (request.method === "DELETE" || fault.check === "no-answer" || fault.check === "slow-answer") return;
  let smallest = request;
  let tries = 0;
  const key = keyOf(fault, request);
  for (const candidate of candidates(request)) {
    const next = candidate(smallest);
    if (next === undefined) continue;
    if (tries === mostTries) return;
    tries += 1;
    const { faults, exchange } = await session.judge(next);
    const same = faults.find((each) => keyOf(each, next) === key);
    if (same === undefined) continue;
    smallest = next;
    session.findings.replace(key, next, exchange, same.message);
  }
}

type Smaller = (request: RequestCase) => RequestCase | undefined;

function* candidates(request: RequestCase): Generator<Smaller> {
  for (const place of places) {
    for (const parameter of request.operation.parameters[place]) {
      if (parameter.required || !Object.hasOwn(request.parameters[place], parameter.name)) continue;
      yield (from) => ({
        ...from,
        parameters: { ...from.parameters, [place]: without(from.parameters[place], parameter.name) },
      });
    }
  }
  const value = request.body?.value;
  if (!isObject(value)) return;
  for (const name of Object.keys(value)) {
    yield (from) => {
      if (from.body === undefined || !isObject(from.body.value)) return undefined;
      // Once two constraints are broken the answer is about something else.
      if (from.intent.kind === "broken" && !from.intent.what.includes(`/${name}`) && isNeeded(from, name))
        return undefined;
      if (from.intent.kind === "broken" && from.intent.what.includes(`/${name}`)) return undefined;
      if (from.intent.kind !== "broken" && isNeeded(from, name)) return undefined;
      return { ...from, body: { ...from.body, value: without(from.body.value, name) } };
    };
  }
}

/** Whether some alternative of the body's schema asks for the property. */
function isNeeded({ operation, body }: RequestCase, name: string): boolean {
  const content = operation.requestBody?.contents.find(({ mediaType }) => mediaType === body?.mediaType);
  return (
    content?.schema === undefined || JSON.stringify(requiredOf(content.schema.json)).includes(`"${name}"`)
  );
}

function requiredOf(schema: unknown): unknown[] {
  if (Array.isArray(schema)) return schema.flatMap(requiredOf);
  if (!isObject(schema)) return [];
  const own = Array.isArray(schema.required) ? schema.required : [];
  return [...own, ...Object.values(schema).flatMap(requiredOf)];
}

function without(object: JsonObject, name: string): JsonObject {
  const { [name]: _left, ...others } = object;
  return others;
}
