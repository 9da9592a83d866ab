import type { Operation } from "../../openapi/index.ts";
import { idOf, listOf, parse } from "../ids.ts";
import { shapeOf } from "../path-template.ts";
import { isIdempotencyKey, mainContent } from "../request/build.ts";
import type { Resource } from "../resources.ts";
import type { Session } from "../session.ts";
import { changed, refused } from "./change.ts";
import { on, phase } from "./step.ts";

/** Create → read → list → change → read → delete → read, of one kind of thing, each step held against those before. */
export async function lifeCycle(session: Session, shape: string): Promise<void> {
  const { resources } = session;
  const creator = resources.creatorOf(shape);
  const resource = await session.make(shape, phase);
  if (creator === undefined || resource === undefined) return;
  const read = resources.operation("get", shape);
  const reader = read && session.authorisation.suffices(read) ? read : undefined;
  if (reader !== undefined) {
    await readBack(session, creator, reader, resource);
    await otherUser(session, reader, resource);
  }
  await listed(session, creator, resource);
  for (const method of ["patch", "put"]) {
    const change = resources.operation(method, shape);
    if (change === undefined || !session.authorisation.suffices(change)) continue;
    await changed(session, change, reader, resource);
    if (reader !== undefined) await refused(session, change, reader, resource);
  }
  await sameKey(session, creator);
  const remove = resources.operation("delete", shape);
  if (remove !== undefined && session.authorisation.suffices(remove))
    await deleted(session, remove, reader, resource);
}

async function readBack(
  session: Session,
  creator: Operation,
  reader: Operation,
  resource: Resource,
): Promise<void> {
  const { request, outcome } = await on(session, reader, resource);
  const { answer } = outcome?.exchange ?? {};
  if (outcome === undefined || answer === undefined) return;
  if (answer.status === 404 || answer.status === 410)
    session.fail(
      "not-created",
      `What POST ${creator.path} has created is answered with ${answer.status}.`,
      request,
      outcome.exchange,
    );
}

async function listed(session: Session, creator: Operation, resource: Resource): Promise<void> {
  const list = session.resources.operation("get", shapeOf(creator.path));
  if (list === undefined || !session.authorisation.suffices(list)) return;
  const parent = { ...resource, values: resource.values.slice(0, -1) };
  const { request, outcome } = await on(session, list, parent);
  const { answer } = outcome?.exchange ?? {};
  if (outcome === undefined || answer?.status !== 200) return;
  const items = listOf(parse(answer.text));
  const item = session.resources.item(resource.shape);
  const ids = items.map((each) => item && idOf(each, item));
  // A page may be full of others.
  if (
    items.length > 0 &&
    items.length < 20 &&
    ids.every((id) => id !== undefined) &&
    !ids.some((id) => id === resource.values.at(-1))
  )
    session.fail("not-listed", "What was just created is not in the list.", request, outcome.exchange);
  if (items.length === 0 && Array.isArray(parse(answer.text)))
    session.fail(
      "not-listed",
      "Something was just created, and the list is empty.",
      request,
      outcome.exchange,
    );
}

async function otherUser(session: Session, reader: Operation, resource: Resource): Promise<void> {
  const other = session.authorisation.ofOtherUser(reader, session.authorisation.for(reader));
  if (other === undefined) return;
  const plain = await session.plain(reader, phase, { resource });
  await session.send({
    ...plain,
    credentials: other,
    intent: { kind: "other user", what: "Another user's token was sent" },
  });
}

/** Two creates with one Idempotency-Key are one. */
async function sameKey(session: Session, creator: Operation): Promise<void> {
  const parameter = creator.parameters.header.find(isIdempotencyKey);
  if (parameter === undefined || mainContent(creator) === undefined) return;
  const plain = await session.plain(creator, phase, { fresh: true });
  const header = { ...plain.parameters.header, [parameter.name]: session.values.idempotencyKey(parameter) };
  const request = { ...plain, parameters: { ...plain.parameters, header } };
  const [first, second] = [await session.send(request), await session.send(request)];
  const [one, two] = [first?.exchange.answer, second?.exchange.answer];
  if (second === undefined || one === undefined || two === undefined || one.status >= 300) return;
  if (one.status !== two.status || first?.made?.values.at(-1) !== second.made?.values.at(-1))
    session.fail(
      "not-idempotent",
      "The same create with the same Idempotency-Key was not the same.",
      request,
      second.exchange,
    );
}

async function deleted(
  session: Session,
  remove: Operation,
  reader: Operation | undefined,
  resource: Resource,
): Promise<void> {
  const { request, outcome } = await on(session, remove, resource);
  const { answer } = outcome?.exchange ?? {};
  if (outcome === undefined || answer === undefined || answer.status >= 300) return;
  session.resources.forget(resource);
  if (reader !== undefined) {
    const after = await on(session, reader, resource);
    const status = after.outcome?.exchange.answer?.status ?? 404;
    if (status < 400 && after.outcome !== undefined)
      session.fail(
        "not-deleted",
        `What DELETE has removed is still answered with ${status}.`,
        after.request,
        after.outcome.exchange,
      );
  }
  const again = await session.send(request);
  const second = again?.exchange.answer;
  if (
    again !== undefined &&
    second !== undefined &&
    second.status >= 400 &&
    second.status !== 404 &&
    second.status !== 410
  )
    session.fail(
      "not-idempotent",
      `The same DELETE was answered with ${answer.status}, then with ${second.status}.`,
      request,
      again.exchange,
    );
}
