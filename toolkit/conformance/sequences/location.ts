import type { Session } from "../session.ts";
import { phase } from "./step.ts";

/** Whether the `Location` of a create leads to it. */
export async function locations(session: Session, shape: string): Promise<void> {
  const { resources } = session;
  const creator = resources.creatorOf(shape);
  const reader = resources.operation("get", shape);
  if (creator === undefined || reader === undefined) return;
  const request = await session.plain(creator, phase, { fresh: true });
  const outcome = await session.send(request);
  const location = outcome?.exchange.answer?.headers.get("location");
  if (outcome === undefined || location == null || outcome.exchange.answer?.status !== 201) return;
  const target = URL.parse(location, outcome.exchange.request.url)?.href;
  const followed = session.write({
    ...(await session.plain(reader, phase)),
    intent: { kind: "valid" },
  });
  if (target === undefined || new URL(target).origin !== new URL(followed.url).origin) return;
  const answer = await session.follow({ ...followed, url: target });
  if (answer !== undefined && answer.status >= 400)
    session.fail(
      "dead-location",
      `Location of what was created is answered with ${answer.status}.`,
      request,
      outcome.exchange,
    );
}
