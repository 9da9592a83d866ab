/** Lets its bearer see phone numbers and e-mail addresses in full; no operation asks for it. */
export const unmaskedScope = "read:authentication_methods_unmasked";

/** Lets its bearer have one-time codes returned, who then sends them; no operation asks for it. */
export const codesScope = "read:authentication_codes";

/** The part of an OpenAPI document that scopes are named in. */
interface SecuredPaths {
  readonly paths: Readonly<Record<string, object>>;
}

/** Every scope that an operation of the contract asks for, and those that an operation asks for by what it is to do. */
export function allScopes(document: SecuredPaths): readonly string[] {
  const operations = Object.values(document.paths).flatMap((item) => Object.values(item));
  const scopes = operations.flatMap(({ security = [] }: { security?: readonly object[] }) =>
    security.flatMap((requirement) => Object.values(requirement).flat()),
  );
  return [...new Set<string>([...scopes, unmaskedScope, codesScope])];
}
