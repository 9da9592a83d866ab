/** `Museum tickets` → `museum-tickets`, `OAuth2` → `oauth2`. Empty where there is no letter or digit in it. */
export function kebabCase(text: string): string {
  return text
    .replaceAll(/([a-z\d])([A-Z][a-z])/g, "$1-$2")
    .replaceAll(/[^A-Za-z\d]+/g, "-")
    .replaceAll(/^-+|-+$/g, "")
    .toLowerCase();
}

/** `museum-tickets` → `museumTickets`; a name that begins with a digit gets an underscore. */
export function camelCase(kebab: string): string {
  const name = kebab.replaceAll(/-([a-z\d])/g, (_, letter: string) => letter.toUpperCase());
  return /^\d/.test(name) ? `_${name}` : name;
}

/** A name as a property is written in TypeScript: quoted where it has to be. */
export function propertyName(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) && name !== "__proto__" ? name : JSON.stringify(name);
}

/** Gives each text a name that no other has. */
export function uniqueNames(texts: Iterable<string>, otherwise: string): Map<string, string> {
  const names = new Map<string, string>();
  const taken = new Set<string>();
  for (const text of texts) {
    const base = kebabCase(text) || otherwise;
    let name = base;
    for (let count = 2; taken.has(name); count += 1) name = `${base}-${count}`;
    taken.add(name);
    names.set(text, name);
  }
  return names;
}
