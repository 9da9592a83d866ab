import type { MethodRecord, Store } from "../../store/store.ts";

/** More than any limit that a user may be under. */
const allMethods = { offset: 0, limit: 1_000_000 } as const;

/** A user's security keys and passkeys; undefined where there is no such user. */
export async function listCredentials(
  store: Pick<Store, "listMethods">,
  userId: string,
): Promise<readonly MethodRecord[] | undefined> {
  const listed = await store.listMethods(userId, allMethods);
  if (listed.outcome === "unknown-user") return undefined;
  return listed.methods.filter(({ credentialId }) => credentialId !== null);
}

/** @param relyingParty a relying party id in lower case */
export function isOfRelyingParty({ attributes }: MethodRecord, relyingParty: string): boolean {
  const { relying_party_identifier } = attributes as { readonly relying_party_identifier?: string };
  return relying_party_identifier?.toLowerCase() === relyingParty;
}
