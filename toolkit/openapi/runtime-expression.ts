import { valueAt } from "./reference.ts";

/** A request and its answer, as runtime expressions refer to them. */
export interface Exchange {
  /** The whole address that was asked for. */
  readonly url: string;
  readonly method: string;
  readonly status?: number;
  readonly request: {
    /** By lower-cased name. */
    readonly headers: Readonly<Record<string, unknown>>;
    readonly query: Readonly<Record<string, unknown>>;
    readonly path: Readonly<Record<string, unknown>>;
    readonly body?: unknown;
  };
  readonly response?: {
    /** By lower-cased name. */
    readonly headers: Readonly<Record<string, unknown>>;
    readonly body?: unknown;
  };
}

/**
 * What a runtime expression (`$request.body#/callbackUrl`, OpenAPI 3.1.1 §4.8.20.4) stands for; `undefined` where the
 * exchange does not have it, or where it is no expression.
 */
export function evaluate(expression: string, exchange: Exchange): unknown {
  if (expression === "$url") return exchange.url;
  if (expression === "$method") return exchange.method.toUpperCase();
  if (expression === "$statusCode") return exchange.status;
  const [, side, place, name = ""] =
    /^\$(request|response)\.(header|query|path|body)[.#]?(.*)$/s.exec(expression) ?? [];
  if (side === undefined) return undefined;
  const part = side === "request" ? exchange.request : exchange.response;
  if (place === "body") return valueAt(part?.body, `#${name}`);
  if (place === "header") return own(part?.headers, name.toLowerCase());
  if (side === "response") return undefined;
  return own(place === "query" ? exchange.request.query : exchange.request.path, name);
}

/**
 * Fills the expressions of a template (`https://{$request.query.host}/events`, or nothing but one) in.
 *
 * @param asText writes a value; it is given `undefined` where the exchange does not have one
 */
export function fillExpressions(
  template: string,
  exchange: Exchange,
  asText: (value: unknown, expression: string) => string,
): string {
  const fill = (expression: string) => asText(evaluate(expression, exchange), expression);
  if (template.startsWith("$")) return fill(template);
  return template.replace(/\{(\$[^{}]+)\}/g, (_, expression: string) => fill(expression));
}

function own(values: Readonly<Record<string, unknown>> | undefined, name: string): unknown {
  return values !== undefined && Object.hasOwn(values, name) ? values[name] : undefined;
}
