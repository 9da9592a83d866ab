/** A media type's essence: lower-case, without parameters (`application/json; charset=utf-8` → `application/json`). */
export function essence(mediaType: string): string {
  const semicolon = mediaType.indexOf(";");
  return (semicolon === -1 ? mediaType : mediaType.slice(0, semicolon)).trim().toLowerCase();
}

/** The parameters of a media type by lower-cased name, quotes taken off (RFC 9110 §5.6.6). */
export function mediaTypeParameters(mediaType: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const [, name = "", quoted, token] of mediaType.matchAll(
    /;\s*([^\s=;]+)=(?:"((?:[^"\\]|\\.)*)"|([^\s;]*))/g,
  )) {
    found.set(name.toLowerCase(), quoted === undefined ? (token ?? "") : quoted.replaceAll(/\\(.)/g, "$1"));
  }
  return found;
}

/** The `charset` parameter, lower-case. */
function charset(mediaType: string): string | undefined {
  return mediaTypeParameters(mediaType).get("charset")?.toLowerCase();
}

/** Whether a Content-Type says nothing of another encoding of characters. */
export function isInUtf8(contentType: string): boolean {
  if (!contentType.includes(";")) return true;
  return ["utf-8", "utf8", undefined].includes(charset(contentType));
}

/** `application/json` and every type with the suffix `+json` (RFC 6839 §3.1). */
export function isJson(mediaType: string): boolean {
  return /^[^/]+\/(?:json|[^/]+\+json)$/.test(essence(mediaType));
}

/** `application/xml`, `text/xml` and every type with the suffix `+xml` (RFC 7303). */
export function isXml(mediaType: string): boolean {
  return /^(?:application|text)\/(?:xml|[^/]+\+xml)$/.test(essence(mediaType));
}

export function isText(mediaType: string): boolean {
  return essence(mediaType).startsWith("text/");
}

export function isForm(mediaType: string): boolean {
  return isUrlEncoded(mediaType) || isMultipart(mediaType);
}

export function isUrlEncoded(mediaType: string): boolean {
  return essence(mediaType) === "application/x-www-form-urlencoded";
}

export function isMultipart(mediaType: string): boolean {
  return essence(mediaType).startsWith("multipart/");
}

export function isFormData(mediaType: string): boolean {
  return essence(mediaType) === "multipart/form-data";
}

/** JSON values one after the other: OpenAPI 3.2's sequential media types. */
export function isJsonSequence(mediaType: string): boolean {
  return /^application\/(?:jsonl|x-ndjson|ndjson|json-seq|[^/]+\+json-seq)$/.test(essence(mediaType));
}

export function isEventStream(mediaType: string): boolean {
  return essence(mediaType) === "text/event-stream";
}

/** Bytes that nothing here takes apart: an image, an archive, `application/octet-stream`. */
export function isBinary(mediaType: string): boolean {
  return ![isJson, isJsonSequence, isForm, isXml, isText].some((reads) => reads(mediaType));
}

export function isRange(mediaType: string): boolean {
  return mediaType.includes("*");
}

/** What is declared for media types and ranges of them (`text/*`), found by the type that was sent. */
export class MediaTypes<Declared> {
  readonly #declared: readonly { readonly mediaType: string; readonly value: Declared }[];

  constructor(declared: Iterable<readonly [mediaType: string, Declared]>) {
    this.#declared = [...declared].map(([mediaType, value]) => ({ mediaType, value }));
  }

  /** Whether a Content-Type falls under a declaration. */
  has(contentType: string): boolean {
    return this.#declared.some(({ mediaType }) => specificity(mediaType, contentType) > 0);
  }

  /** The most specific declaration that a Content-Type falls under (RFC 9110 §12.5.1). */
  find(contentType: string): Declared | undefined {
    let best: { readonly value: Declared; readonly rank: number } | undefined;
    for (const { mediaType, value } of this.#declared) {
      const rank = specificity(mediaType, contentType);
      if (rank > (best?.rank ?? 0)) best = { value, rank };
    }
    return best?.value;
  }
}

/**
 * How closely a declared media type or range describes one that was sent; 0: not at all. Parameters that are declared
 * (`version=2`) must have been sent; more may have been.
 */
export function specificity(declared: string, sent: string): number {
  const type = essence(sent);
  const range = essence(declared);
  const rank =
    range === type
      ? 4
      : !range.includes("*")
        ? 0
        : range === "*/*"
          ? 1
          : matchesRange(range, type)
            ? range.includes("+")
              ? 3
              : 2
            : 0;
  if (rank === 0 || !declared.includes(";")) return rank;
  const given = mediaTypeParameters(sent);
  const asked = [...mediaTypeParameters(declared)].filter(([name]) => name !== "charset");
  const isGiven = asked.every(([name, value]) => given.get(name)?.toLowerCase() === value.toLowerCase());
  return isGiven ? rank + asked.length / 100 : 0;
}

/** `text/*`, and `application/*+json`. */
function matchesRange(range: string, type: string): boolean {
  const [before = "", after = ""] = range.split("*", 2);
  return type.startsWith(before) && type.endsWith(after) && type.length >= before.length + after.length;
}
