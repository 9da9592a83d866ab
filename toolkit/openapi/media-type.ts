/** A media type's essence: lower-case, without parameters (`application/json; charset=utf-8` → `application/json`). */
export function essence(mediaType: string): string {
  const semicolon = mediaType.indexOf(";");
  return (semicolon === -1 ? mediaType : mediaType.slice(0, semicolon)).trim().toLowerCase();
}

/** The `charset` parameter, lower-case. */
export function charset(mediaType: string): string | undefined {
  return /;\s*charset\s*=\s*"?([^\s;"]+)/i.exec(mediaType)?.[1]?.toLowerCase();
}

/** `application/json` and every type with the suffix `+json` (RFC 6839 §3.1). */
export function isJson(mediaType: string): boolean {
  return /^[^/]+\/(?:json|[^/]+\+json)$/.test(essence(mediaType));
}

export function isText(mediaType: string): boolean {
  return essence(mediaType).startsWith("text/");
}

export function isForm(mediaType: string): boolean {
  return ["application/x-www-form-urlencoded", "multipart/form-data"].includes(essence(mediaType));
}

export function isRange(mediaType: string): boolean {
  return mediaType.includes("*");
}

/** What is declared for media types and ranges of them (`text/*`), found by the type that was sent. */
export class MediaTypes<Declared> {
  readonly #byEssence: ReadonlyMap<string, Declared>;

  constructor(declared: Iterable<readonly [mediaType: string, Declared]>) {
    this.#byEssence = new Map([...declared].map(([mediaType, each]) => [essence(mediaType), each]));
  }

  /** The most specific declaration that a Content-Type falls under (RFC 9110 §12.5.1). */
  find(contentType: string): Declared | undefined {
    const exact = this.#byEssence.get(contentType);
    if (exact !== undefined) return exact;
    const type = essence(contentType);
    const range = `${type.slice(0, type.indexOf("/"))}/*`;
    return this.#byEssence.get(type) ?? this.#byEssence.get(range) ?? this.#byEssence.get("*/*");
  }
}
