import type { User } from "../../generated/openapi.d.ts";

/** Which fields a caller asked for. */
export interface FieldSelection {
  /** Their names, comma-separated; absent: all. */
  readonly fields?: string;
  /** Whether those are all that is wanted, or what is not. */
  readonly include_fields: boolean;
}

/** The user with the fields that were asked for. */
export function selectFields(
  user: User,
  { fields, include_fields: isIncluded }: FieldSelection,
): Partial<User> {
  if (fields === undefined) return user;
  const names = new Set(fields.split(","));
  return Object.fromEntries(Object.entries(user).filter(([name]) => names.has(name) === isIncluded));
}
