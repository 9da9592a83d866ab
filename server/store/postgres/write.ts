import type { MethodRules } from "../rules.ts";
import type { Scope, WorkingSet } from "./rows/rows.ts";

/** A write of a `Store`: what it may touch, and how it is decided on that. */
export interface Write<Result> {
  readonly scope: Partial<Scope>;
  /** Runs on memory alone, and more than once where another transaction comes first. */
  readonly decide: (rules: MethodRules, rows: WorkingSet) => Result;
}

/** All that several writes may touch. */
export function unite(writes: readonly Write<unknown>[]): Scope {
  const scopes = writes.map(({ scope }) => scope);
  return {
    userIds: scopes.flatMap(({ userIds = [] }) => userIds),
    credentialIds: scopes.flatMap(({ credentialIds = [] }) => credentialIds),
    methods: scopes.flatMap(({ methods = [] }) => methods),
    answers: scopes.flatMap(({ answers = [] }) => answers),
    settings: scopes.flatMap(({ settings = [] }) => settings),
  };
}
