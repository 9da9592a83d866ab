import { isDeepStrictEqual } from "node:util";
import { isObject, type Operation } from "../../openapi/index.ts";
import { boundaryVariations } from "../cases/boundary-cases.ts";
import { parse } from "../ids.ts";
import type { Resource } from "../resources.ts";
import type { Session } from "../session.ts";
import { on, phase } from "./step.ts";

/** Refused changes that are looked at, for each operation. */
const mostRefusals = 4;

/** A change is what a later read tells, and a PUT sent again changes nothing more. */
export async function changed(
  session: Session,
  change: Operation,
  reader: Operation | undefined,
  resource: Resource,
): Promise<void> {
  const { request, outcome } = await on(session, change, resource);
  const { answer } = outcome?.exchange ?? {};
  if (outcome === undefined || answer === undefined || answer.status >= 300) return;
  if (reader !== undefined) {
    const after = await on(session, reader, resource);
    const now = parse(after.outcome?.exchange.answer?.text ?? "");
    const told = parse(answer.text);
    const expected = isObject(told) ? told : request.body?.value;
    const differing =
      isObject(expected) && isObject(now)
        ? Object.keys(expected).filter(
            (name) =>
              Object.hasOwn(now, name) &&
              isVisible(expected[name]) &&
              !isDeepStrictEqual(expected[name], now[name]),
          )
        : [];
    if (differing.length > 0 && after.outcome !== undefined)
      session.fail(
        "not-changed",
        `After ${change.method.toUpperCase()} ${differing[0]} is not what the answer said it was.`,
        after.request,
        after.outcome.exchange,
      );
  }
  if (change.method !== "put") return;
  const again = await session.send(request);
  const second = again?.exchange.answer;
  if (
    again !== undefined &&
    second !== undefined &&
    (second.status >= 400 || (second.status === 201 && answer.status !== 201))
  )
    session.fail(
      "not-idempotent",
      `The same PUT was answered with ${answer.status}, then with ${second.status}.`,
      request,
      again.exchange,
    );
}

/** Whether a value is likely the same wherever it is told: moments and masked texts are not. */
function isVisible(value: unknown): boolean {
  return !(
    typeof value === "string" &&
    (/^\d{4}-\d\d-\d\dT/.test(value) || value.includes("***") || value.includes("XXX"))
  );
}

/** A change that is refused leaves everything as it was. */
export async function refused(
  session: Session,
  change: Operation,
  reader: Operation,
  resource: Resource,
): Promise<void> {
  const broken = boundaryVariations(change, session.values).filter(
    ({ intent, changesPath }) => intent.kind === "broken" && !changesPath,
  );
  const readNow = async () => {
    const { outcome } = await on(session, reader, resource);
    return outcome?.exchange.answer?.status === 200 ? parse(outcome.exchange.answer.text) : undefined;
  };
  for (const { intent, apply } of spread(broken, mostRefusals)) {
    const before = await readNow();
    const plain = await session.plain(change, phase, { resource, fresh: true });
    const varied = apply({ parameters: plain.parameters, body: plain.body });
    const request = session.compose(change, phase, intent, varied.parameters, varied.body);
    const outcome = await session.send(request);
    if (
      before === undefined ||
      outcome?.exchange.answer === undefined ||
      outcome.exchange.answer.status < 400
    )
      continue;
    const after = await readNow();
    if (after !== undefined && !isDeepStrictEqual(before, after))
      session.fail(
        "changed-by-refusal",
        `The request was refused with ${outcome.exchange.answer.status}, and has changed something.`,
        request,
        outcome.exchange,
      );
  }
}

function spread<T>(list: readonly T[], most: number): T[] {
  const step = Math.max(1, Math.floor(list.length / most));
  return list.filter((_, index) => index % step === 0).slice(0, most);
}
