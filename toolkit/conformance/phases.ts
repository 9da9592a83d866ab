import fc from "fast-check";
import type { Content, Operation } from "../openapi/index.ts";
import { isForm } from "../openapi/media-type.ts";
import { boundaryVariations } from "./cases/boundary-cases.ts";
import type { Fault } from "./checks/fault.ts";
import { keyOf } from "./findings.ts";
import { shapeOf } from "./path-template.ts";
import { reduce } from "./reduce.ts";
import { isIdempotencyKey, isWritable, mainContent, takesBody } from "./request/build.ts";
import { asksForCredentials } from "./request/credentials.ts";
import type { Intent, RequestCase } from "./request/request-case.ts";
import type { Session } from "./session.ts";
import { asRead } from "./values/form-value.ts";
import { validatorOf } from "./values/validator.ts";

/** Whether a smaller request would be waited for as long. */
function isWait({ check }: Fault): boolean {
  return check === "no-answer" || check === "slow-answer";
}

/** Values tried while a failing one is made smaller. */
const mostShrinks = 40;

/** Sends one and, where it shows something new, makes it smaller. */
async function sendAndReduce(session: Session, request: RequestCase): Promise<void> {
  const known = new Set(session.findings.all.map(({ key }) => key));
  const outcome = await session.send(request);
  for (const fault of outcome?.faults ?? [])
    if (!known.has(keyOf(fault, request))) await reduce(session, fault, request);
}

/** The document's own examples, each in a request of its own. */
export async function examplesPhase(session: Session, operation: Operation): Promise<void> {
  const contents = takesBody(operation.method) ? (operation.requestBody?.contents ?? []) : [];
  for (const { mediaType, examples } of contents) {
    for (const { value } of examples) {
      if (value === undefined || !isWritable(mediaType)) continue;
      const plain = await session.plain(operation, "examples");
      await sendAndReduce(session, { ...plain, body: { mediaType, value } });
    }
  }
  for (const place of ["query", "header", "cookie"] as const) {
    for (const parameter of operation.parameters[place]) {
      if (parameter.in === "querystring" || isIdempotencyKey(parameter)) continue;
      for (const value of session.values.examplesOf(parameter)) {
        const plain = await session.plain(operation, "generated", { fresh: true });
        const parameters = {
          ...plain.parameters,
          [place]: { ...plain.parameters[place], [parameter.name]: value },
        };
        await sendAndReduce(session, { ...plain, parameters });
      }
    }
  }
  await sendAndReduce(session, await session.plain(operation, "generated", { fresh: true }));
}

/** Every constraint at its edge and beyond, and what the operation asks for besides: credentials, scopes, a method. */
export async function boundariesPhase(session: Session, operation: Operation): Promise<void> {
  for (const { intent, apply } of boundaryVariations(operation, session.values)) {
    const plain = await session.plain(operation, "boundaries", { fresh: true });
    const varied = apply({ parameters: plain.parameters, body: plain.body });
    await sendAndReduce(
      session,
      session.compose(operation, "boundaries", intent, varied.parameters, varied.body),
    );
  }
  for (const request of await credentialCases(session, operation)) await session.send(request);
}

async function credentialCases(session: Session, operation: Operation): Promise<RequestCase[]> {
  // A certificate is the connection's, and not the request's.
  const isByConnection = operation.security.flat().some(({ scheme }) => scheme?.type === "mutualTLS");
  if (!asksForCredentials(operation) || isByConnection) return [];
  const plain = await session.plain(operation, "boundaries", { fresh: true });
  const as = (intent: Intent, credentials: RequestCase["credentials"]) => ({ ...plain, intent, credentials });
  const found: RequestCase[] = [
    as({ kind: "without credentials", what: "There were no credentials" }, "none"),
    as({ kind: "without credentials", what: "The credentials were made up" }, "wrong"),
    ...(operation.security.length > 1 ? operation.security : []).map((all, index) => {
      const names = all.map(({ name }) => name).join(" and ");
      return as(
        { kind: "without credentials", what: `The credentials for ${names} were made up` },
        `wrong ${index}`,
      );
    }),
  ];
  const without = session.authorisation.withoutScope(operation);
  if (without !== undefined)
    found.push(
      as({ kind: "wrong scope", what: `The token lacks the scope ${without.missing}` }, without.choice),
    );
  return found;
}

/** Each path with a method that it does not have. */
export async function methodsPhase(session: Session, operations: readonly Operation[]): Promise<void> {
  const byPath = Map.groupBy(operations, ({ path }) => shapeOf(path));
  for (const own of byPath.values()) {
    const methods = own.map(({ method }) => method.toUpperCase());
    // DELETE last: nobody shall lose anything where the server has an operation that the contract keeps to itself.
    const method = ["PATCH", "PUT", "POST", "DELETE"].find((each) => !methods.includes(each));
    const operation = own.find(({ method: each }) => each === "get") ?? own[0];
    if (method === undefined || operation === undefined) continue;
    const plain = await session.plain(operation, "boundaries");
    const { body: _none, ...rest } = plain;
    await session.send({ ...rest, method, intent: { kind: "wrong method", allowed: methods } });
  }
}

/**
 * Values made at random, made smaller where they show something new.
 *
 * @param runs how many for this operation
 */
export async function generatedPhase(
  session: Session,
  operation: Operation,
  runs: number,
  seed: number,
): Promise<void> {
  const content = mainContent(operation);
  const optional = (["query", "header", "cookie"] as const).flatMap((place) =>
    operation.parameters[place]
      .filter(
        (parameter) =>
          parameter.schema !== undefined && parameter.in !== "querystring" && !isIdempotencyKey(parameter),
      )
      .map((parameter) => ({ place, parameter })),
  );
  const values = fc.record({
    body:
      content?.schema === undefined || !isWritable(content.mediaType)
        ? fc.constant(undefined)
        : session.values.arbitrary(content.schema),
    parameters: fc.tuple(
      ...optional.map(({ parameter }) =>
        fc.option(
          parameter.schema === undefined ? fc.constant("") : session.values.arbitrary(parameter.schema),
          { nil: undefined },
        ),
      ),
    ),
  });
  const survives = (of: Content, body: unknown) =>
    of.schema === undefined ||
    !isForm(of.mediaType) ||
    validatorOf(of.schema).accepts(asRead(operation.document, of, body));
  const compose = async (value: { readonly body: unknown; readonly parameters: readonly unknown[] }) => {
    const plain = await session.plain(operation, "generated", {
      fresh: content !== undefined && isForm(content.mediaType),
    });
    const parameters = {
      path: { ...plain.parameters.path },
      query: { ...plain.parameters.query },
      header: { ...plain.parameters.header },
      cookie: { ...plain.parameters.cookie },
    };
    for (const [index, { place, parameter }] of optional.entries()) {
      const given = value.parameters[index];
      if (given !== undefined && (place !== "header" || /^[\x21-\x7e]+$/.test(String(given))))
        parameters[place][parameter.name] = given;
    }
    const body =
      content?.schema === undefined || !isWritable(content.mediaType) || !survives(content, value.body)
        ? plain.body
        : { mediaType: content.mediaType, value: value.body };
    return session.compose(operation, "generated", { kind: "valid" }, parameters, body);
  };

  let left = runs;
  for (let round = 0; left > 0; round += 1) {
    let failing: string | undefined;
    let shrinks = 0;
    const property = fc.asyncProperty(values, async (value) => {
      if (failing === undefined) left -= 1;
      else shrinks += 1;
      if (shrinks > mostShrinks) return true;
      const request = await compose(value);
      const known = new Set(session.findings.all.map(({ key }) => key));
      const outcome = failing === undefined ? await session.send(request) : await session.judge(request);
      if (outcome === undefined) return true;
      const fault = outcome.faults.find((each) => {
        const key = keyOf(each, request);
        return failing === undefined ? !known.has(key) : key === failing;
      });
      if (fault === undefined || isWait(fault)) return true;
      failing = keyOf(fault, request);
      session.findings.replace(failing, request, outcome.exchange, fault.message);
      return false;
    });
    await fc.check(property, { numRuns: left, seed: seed + round });
    if (failing === undefined) return;
  }
}
