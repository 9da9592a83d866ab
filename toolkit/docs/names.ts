/** Words as a name for files and anchors: letters, digits, `_`, `.` and hyphens. */
export function slug(words: string): string {
  const name = words
    .normalize("NFKD")
    .replace(/[^\p{L}\p{N}_.-]+/gu, "-")
    .replace(/^[-.]+|[-.]+$/g, "");
  return /^[\w.-]+$/.test(name) ? name : encodeURIComponent(name).replaceAll("%", "");
}

/** Gives each name once; also where file names do not tell letter cases apart. */
export class Names {
  readonly #taken = new Set<string>();

  take(wanted: string): string {
    const base = slug(wanted) || "section";
    let name = base;
    for (let number = 2; this.#taken.has(name.toLowerCase()); number++) name = `${base}-${number}`;
    this.#taken.add(name.toLowerCase());
    return name;
  }
}
