import type { Operation } from "../../openapi/index.ts";
import type { RequestCase } from "../request/request-case.ts";
import type { Resource } from "../resources.ts";
import type { Outcome, Session } from "../session.ts";

export const phase = "sequences";

/** One step of a sequence: the plainest request of an operation on what an earlier step has made. */
export async function on(
  session: Session,
  operation: Operation,
  resource: Resource,
): Promise<{ request: RequestCase; outcome: Outcome | undefined }> {
  const request = await session.plain(operation, phase, { resource, fresh: true });
  return { request, outcome: await session.send(request) };
}
