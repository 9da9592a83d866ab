import { isJson } from "../examples.ts";
import { literal } from "./literal.ts";
import type { SampleParameter, SampleRequest } from "./request.ts";

/** How the samples reach the typed client. */
export interface ClientImport {
  /** What `createClient` is imported from. */
  readonly from: string;
  /** The generated types to give it, for a client that knows no API of its own. */
  readonly paths?: string;
}

/** The request as a call of the typed client; undefined where that client has no such method. */
export function clientSample(request: SampleRequest, { from, paths }: ClientImport): string | undefined {
  const { operation, baseUrl, parameters, credential, body } = request;
  if (!/^(?:GET|PUT|POST|DELETE|OPTIONS|HEAD|PATCH|TRACE)$/.test(operation.method)) return undefined;
  if (body !== undefined && !isJson(body.mediaType)) return undefined;
  const options = [
    `baseUrl: ${JSON.stringify(baseUrl)}`,
    ...(credential?.variable === "TOKEN" ? ["token: process.env.TOKEN"] : []),
  ].map((option) => `  ${option},\n`);
  const places = ["path", "query", "header", "cookie"].flatMap((place) => {
    const own = parameters.filter((each) => each.in === place);
    return own.length === 0 ? [] : [[place, Object.fromEntries(own.map(named))] as const];
  });
  const init = Object.fromEntries([
    ...(places.length > 0 ? [["params", Object.fromEntries(places)]] : []),
    ...(body === undefined ? [] : [["body", body.value]]),
  ]);
  const argument = Object.keys(init).length === 0 ? "" : `, ${literal(init, 2, 24 + operation.path.length)}`;
  return [
    `import { createClient, unwrap } from ${JSON.stringify(from)};`,
    ...(paths === undefined ? [] : [`import type { paths } from ${JSON.stringify(paths)};`]),
    "",
    `const client = createClient${paths === undefined ? "" : "<paths>"}({\n${options.join("")}});`,
    "",
    `${hasContent(operation.value.responses) ? "const result = " : ""}await unwrap(`,
    `  client.${operation.method}(${JSON.stringify(operation.path)}${argument}),`,
    ");",
    ...(hasContent(operation.value.responses) ? ["console.log(result);"] : []),
  ].join("\n");
}

function named({ name, value }: SampleParameter): [string, unknown] {
  return [name, value];
}

function hasContent(responses: unknown): boolean {
  return Object.entries((responses ?? {}) as Record<string, unknown>).some(
    ([status, response]) =>
      /^2/.test(status) &&
      typeof response === "object" &&
      response !== null &&
      ("content" in response || "$ref" in response),
  );
}
