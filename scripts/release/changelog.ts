/** A change as `contract-first diff --format json` tells it. */
export interface Change {
  /** A JSON Pointer from the operation's side: `#/paths/~1users/post/requestBody/…`. */
  readonly path: string;
  readonly kind: "added" | "removed" | "modified";
  readonly impact: "major" | "minor" | "patch";
  readonly verdicts: readonly { readonly message: string }[];
  /** The field that was modified. */
  readonly property?: string;
}

const headings = { major: "Breaking", minor: "Added", patch: "Changed" } as const;

/**
 * The section of CHANGELOG.md for a release of the contract.
 *
 * @param date as `2026-11-25`
 */
export function changelogSection(version: string, date: string, changes: readonly Change[]): string {
  const groups = (["major", "minor", "patch"] as const).flatMap((impact) => {
    const lines = changes.filter((change) => change.impact === impact).map(line);
    return lines.length === 0 ? [] : [`### ${headings[impact]}\n\n${[...new Set(lines)].join("\n")}\n`];
  });
  const body = groups.length === 0 ? ["The contract is as it was.\n"] : groups;
  return `## ${version} (${date})\n\n${body.join("\n")}`;
}

/** Puts a section above those of earlier releases. */
export function withSection(changelog: string, section: string): string {
  const first = changelog.indexOf("\n## ");
  if (first === -1) return `${changelog.trimEnd()}\n\n${section}`;
  return `${changelog.slice(0, first + 1)}${section}\n${changelog.slice(first + 1)}`;
}

function line({ path, kind, verdicts, property }: Change): string {
  const { operation, place } = describe(path);
  const what = verdicts.map(({ message }) => message).join(" ");
  const where = [place, property].filter(Boolean).join(" · ");
  return `- ${operation}${where === "" ? "" : ` ${where}`}: ${what === "" ? kind : what}`;
}

/** `#/paths/~1users/post/requestBody/content` → `` `POST /users` `` and `requestBody/content`. */
function describe(pointer: string): { operation: string; place: string } {
  const tokens = pointer
    .split("/")
    .slice(1)
    .map((token) => decodeURIComponent(token).replaceAll("~1", "/").replaceAll("~0", "~"));
  const [first, path = "", method, ...place] = tokens;
  if (first !== "paths") return { operation: `\`${tokens.join("/")}\``, place: "" };
  if (method === undefined) return { operation: `\`${path}\``, place: "" };
  return { operation: `\`${method.toUpperCase()} ${path}\``, place: place.join("/") };
}
