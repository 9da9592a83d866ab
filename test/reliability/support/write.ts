import { isDeepStrictEqual } from "node:util";
import type { Call } from "../../support/server.ts";

/** A method as the list shows it to a token that sees all, without what no request tells. */
export type Method = Readonly<Record<string, unknown>> & { readonly id: string; readonly type: string };

type Request = Readonly<Record<string, unknown>> & { readonly type: string };

/** One write to a user's methods, and how to tell whether it was done. */
export interface Write {
  readonly call: Call;
  /** Below the path of the user's methods. */
  readonly path: string;
  readonly success: number;
  /** What the user has after the write was acknowledged with `body`. */
  acknowledged(before: readonly Method[], body: unknown): readonly Method[];
  /** Whether `now` is what an unanswered write leaves when it was done, wholly and once. */
  isDone(before: readonly Method[], now: readonly Method[]): boolean;
}

/** An answer's method in the form in which methods are compared. */
export function comparable(answer: unknown): Method {
  const { confirmed, authentication_methods, totp_secret, ...method } = answer as Method;
  return method as Method;
}

function isMadeOf(method: Method | undefined, { totp_secret, ...request }: Request): boolean {
  if (method === undefined) return false;
  const { id, created_at, ...attributes } = method;
  return isDeepStrictEqual(attributes, request);
}

export function create(request: Request, idempotencyKey: string): Write {
  return {
    call: { method: "POST", body: request, headers: { "idempotency-key": idempotencyKey } },
    path: "",
    success: 201,
    acknowledged: (before, body) => [...before, comparable(body)],
    isDone: (before, now) => isDeepStrictEqual(now.slice(0, -1), before) && isMadeOf(now.at(-1), request),
  };
}

export function replaceAll(requests: readonly Request[]): Write {
  return {
    call: { method: "PUT", body: requests },
    path: "",
    success: 200,
    acknowledged: (_before, body) => (body as unknown[]).map(comparable),
    isDone: (before, now) =>
      now.length === requests.length &&
      requests.every((request, index) => isMadeOf(now[index], request)) &&
      !now.some(({ id }) => before.some((old) => old.id === id)),
  };
}

export function rename(id: string, name: string): Write {
  const renamed = (before: readonly Method[]) =>
    before.map((method) => (method.id === id ? { ...method, name } : method));
  return {
    call: { method: "PATCH", body: { name } },
    path: `/${encodeURIComponent(id)}`,
    success: 200,
    acknowledged: renamed,
    isDone: (before, now) => isDeepStrictEqual(now, renamed(before)),
  };
}

export function remove(id: string): Write {
  const without = (before: readonly Method[]) => before.filter((method) => method.id !== id);
  return {
    call: { method: "DELETE" },
    path: `/${encodeURIComponent(id)}`,
    success: 204,
    acknowledged: without,
    isDone: (before, now) => isDeepStrictEqual(now, without(before)),
  };
}

export function removeAll(): Write {
  return {
    call: { method: "DELETE" },
    path: "",
    success: 204,
    acknowledged: () => [],
    isDone: (_before, now) => now.length === 0,
  };
}
