import { mainContent, Values } from "../conformance/request/build.ts";
import type { Body, Parameters } from "../conformance/request/request-case.ts";
import { type WrittenRequest, writeRequest } from "../conformance/request/write.ts";
import { staticValue } from "../mock/generation/generation.ts";
import type { Operation, Parameter, ParameterPlace } from "../openapi/index.ts";

/** The request that an operation's examples describe; what has none is sampled from its schema. */
export function sampleRequest(operation: Operation): WrittenRequest {
  const values = new Values(1);
  const sampled = (of: Pick<Parameter, "examples" | "schema">): unknown => {
    const [example] = values.examplesOf(of);
    return example ?? (of.schema === undefined ? "text" : staticValue(of.schema));
  };
  const required = (place: ParameterPlace) =>
    Object.fromEntries(
      operation.parameters[place]
        .filter((parameter) => parameter.required && parameter.in !== "querystring")
        .map((parameter) => [parameter.name, sampled(parameter)]),
    );
  const parameters: Parameters = {
    path: required("path"),
    query: required("query"),
    header: required("header"),
    cookie: required("cookie"),
  };
  const content = mainContent(operation);
  const body: Body | undefined = content && { mediaType: content.mediaType, value: sampled(content) };
  return writeRequest(
    {
      operation,
      method: operation.method.toUpperCase(),
      parameters,
      ...(body && { body }),
      credentials: "none",
      intent: { kind: "valid" },
      phase: "examples",
    },
    "",
  );
}
