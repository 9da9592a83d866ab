/** A segment of a path template: what it says by itself, or the texts around its parameters. */
export interface TemplateSegment {
  /** One more than there are names. */
  readonly literals: readonly string[];
  readonly names: readonly string[];
}

/** The segments of a path template, percent-encoded characters that mean nothing else decoded. */
export function parseTemplate(template: string): TemplateSegment[] {
  return template.split("/").map((segment) => {
    const parts = segment.split(/\{([^{}]+)\}/);
    return {
      literals: parts.filter((_, index) => index % 2 === 0).map(normalize),
      names: parts.filter((_, index) => index % 2 === 1),
    };
  });
}

/** A path as it was sent, its characters written as a template's literals are. */
export function normalPath(path: string): string {
  return path.includes("%") ? path.split("/").map(normalize).join("/") : path;
}

/** The last `count` segments of a path as it was sent, at no cost for those before. */
export function lastSegments(path: string, count: number): string[] {
  const segments: string[] = [];
  let end = path.length;
  while (segments.length < count && end > 0) {
    const slash = path.lastIndexOf("/", end - 1);
    segments.unshift(path.slice(slash + 1, end));
    end = slash;
  }
  return segments;
}

/**
 * The values of a segment's parameters, still encoded; undefined where it does not match. Each parameter ends where
 * what follows it first occurs: in time proportional to the text, whatever it is.
 */
export function matchSegment({ literals, names }: TemplateSegment, sent: string): string[] | undefined {
  const [first = ""] = literals;
  const last = literals.at(-1) ?? "";
  // Nothing is to be told from the parameter: what is encoded in it may be a delimiter of its style.
  if (names.length === 1 && first === "" && last === "") return [sent];
  const text = normalize(sent);
  if (names.length === 0) return text === first ? [] : undefined;
  const end = text.length - last.length;
  if (!text.startsWith(first) || !text.endsWith(last) || end < first.length) return undefined;
  let start = first.length;
  if (names.length === 1) return [text.slice(start, end)];
  const values: string[] = [];
  for (const literal of literals.slice(1, -1)) {
    // A parameter is never empty beside another one.
    const at = text.indexOf(literal, start + 1);
    if (at === -1 || at + literal.length > end) return undefined;
    values.push(text.slice(start, at));
    start = at + literal.length;
  }
  return [...values, text.slice(start, end)];
}

/** Whether one template says more by itself than another, which matches the same path: negative if so. */
export function compareTemplates(a: readonly TemplateSegment[], b: readonly TemplateSegment[]): number {
  const literal = (segments: readonly TemplateSegment[]) =>
    segments.filter(({ names }) => names.length === 0).length;
  const length = (segments: readonly TemplateSegment[]) =>
    segments.reduce((sum, { literals }) => sum + literals.join("").length, 0);
  const leftmost = (segments: readonly TemplateSegment[]) =>
    segments.findIndex(({ names }) => names.length > 0);
  return literal(b) - literal(a) || leftmost(b) - leftmost(a) || length(b) - length(a);
}

/** Decodes what means the same encoded and not (RFC 3986 §2.3), and leaves `%2F` and its like, and `%25`: it is decoded once. */
function normalize(text: string): string {
  if (!text.includes("%")) return text;
  try {
    return decodeURI(text.replaceAll("%25", "%2525"));
  } catch {
    return text;
  }
}
