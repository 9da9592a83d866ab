import { isJson } from "../examples.ts";
import type { SampleRequest } from "./request.ts";

/** The request as a command for POSIX shells. */
export function curlSample({ operation, baseUrl, parameters, credential, body }: SampleRequest): string {
  const query = parameters
    .filter((each) => each.in === "query")
    .map(({ name, value }) => [name, value] as const);
  const path = operation.path.replace(/\{([^}]+)\}/g, (whole, name) => {
    const parameter = parameters.find((each) => each.in === "path" && each.name === name);
    return parameter === undefined ? whole : encodeURIComponent(wire(parameter.value));
  });
  const pairs = query.flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value]).map(
      (each) => `${encodeURIComponent(name)}=${encodeURIComponent(wire(each))}`,
    ),
  );
  const secret = credential && `${credential.before}$${credential.variable}`;
  if (credential?.in === "query") pairs.push(`${credential.name}=${secret}`);
  const search = pairs.length === 0 ? "" : `?${pairs.join("&")}`;
  const headers = [
    ...(credential?.in === "header" ? [`${credential.name}: ${secret}`] : []),
    ...(credential?.in === "cookie" ? [`Cookie: ${credential.name}=${secret}`] : []),
    ...parameters.filter((each) => each.in === "header").map(({ name, value }) => `${name}: ${wire(value)}`),
    ...(body === undefined || /^multipart\//.test(body.mediaType) ? [] : [`Content-Type: ${body.mediaType}`]),
  ];
  return [
    `curl --fail-with-body --request ${operation.method} ${quoted(baseUrl + path + search)}`,
    ...headers.map((header) => `--header ${quoted(header)}`),
    ...(body === undefined ? [] : bodyOptions(body.mediaType, body.value)),
  ].join(" \\\n  ");
}

function bodyOptions(mediaType: string, value: unknown): string[] {
  const isObject = typeof value === "object" && value !== null;
  if (mediaType === "application/x-www-form-urlencoded" && isObject)
    return Object.entries(value).map(([name, each]) => `--data-urlencode ${single(`${name}=${wire(each)}`)}`);
  if (/^multipart\//.test(mediaType) && isObject)
    return Object.entries(value).map(([name, each]) => `--form ${single(`${name}=${wire(each)}`)}`);
  if (isJson(mediaType) || isObject) return [`--data ${single(JSON.stringify(value, null, 2))}`];
  return [
    typeof value === "string" && value !== "string" ? `--data ${single(value)}` : "--data-binary @file",
  ];
}

/** In double quotes, so that the shell puts the credential in. */
function quoted(text: string): string {
  return `"${text.replace(/["\\`]/g, "\\$&").replace(/\$(?!(?:TOKEN|API_KEY|CREDENTIALS)\b)/g, "\\$")}"`;
}

function single(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

function wire(value: unknown): string {
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
