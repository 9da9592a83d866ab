import type { JsonObject } from "../../openapi/json.ts";
import { type Example, exampleOfParameter, examplesOf } from "../examples.ts";
import type { DocsModel, DocsOperation } from "../model.ts";

/** A parameter and the value that it has in the samples. */
export interface SampleParameter {
  readonly name: string;
  readonly in: string;
  readonly value: unknown;
}

/** What a credential looks like on the wire. */
export interface SampleCredential {
  readonly in: "header" | "query" | "cookie";
  readonly name: string;
  /** The value, with the name of a variable of the environment in it. */
  readonly before: string;
  readonly variable: string;
}

/** One request that the samples of all languages show. */
export interface SampleRequest {
  readonly operation: DocsOperation;
  readonly baseUrl: string;
  readonly parameters: readonly SampleParameter[];
  readonly credential: SampleCredential | undefined;
  readonly body: Example | undefined;
}

/** The requests of an operation: one for each example of its body, else one. */
export function sampleRequests(model: DocsModel, operation: DocsOperation): SampleRequest[] {
  const { reader } = model;
  const bodies = examplesOf(reader, reader.object(operation.value.requestBody).content);
  const request = {
    operation,
    baseUrl: model.baseUrl,
    parameters: operation.parameters
      .filter((parameter) => isShown(parameter))
      .map((parameter) => ({
        name: String(parameter.name),
        in: String(parameter.in),
        value: exampleOfParameter(reader, parameter),
      })),
    credential: credentialOf(model, operation),
  };
  return bodies.length === 0
    ? [{ ...request, body: undefined }]
    : bodies.map((body) => ({ ...request, body }));
}

/** Those that a caller must send, and those whose author gave an example. */
function isShown(parameter: JsonObject): boolean {
  return parameter.required === true || parameter.example !== undefined || parameter.examples !== undefined;
}

function credentialOf({ reader }: DocsModel, { security }: DocsOperation): SampleCredential | undefined {
  const [requirement] = security.filter((each) => Object.keys(each).length > 0);
  const [name] = Object.keys(requirement ?? {});
  const schemes = reader.object(reader.object(reader.root.components).securitySchemes);
  const scheme = reader.object(schemes[name ?? ""]);
  if (scheme.type === "apiKey" && ["header", "query", "cookie"].includes(String(scheme.in))) {
    const place = scheme.in as "header" | "query" | "cookie";
    return { in: place, name: String(scheme.name), before: "", variable: "API_KEY" };
  }
  const header = { in: "header", name: "Authorization" } as const;
  if (scheme.type === "http" && String(scheme.scheme).toLowerCase() === "basic")
    return { ...header, before: "Basic ", variable: "CREDENTIALS" };
  if (scheme.type === "http" || scheme.type === "oauth2" || scheme.type === "openIdConnect")
    return { ...header, before: "Bearer ", variable: "TOKEN" };
  return undefined;
}
