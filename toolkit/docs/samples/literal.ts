const identifier = /^[A-Za-z_$][\w$]*$/;
/** What the panel beside an operation shows without wrapping. */
const width = 56;

/** A JSON value as a literal of JavaScript, laid out as Prettier and Biome do. */
export function literal(value: unknown, indent = 0, before = 0): string {
  const line = oneLine(value);
  if (before + indent + line.length <= width || typeof value !== "object" || value === null) return line;
  const inner = indent + 2;
  const pad = " ".repeat(inner);
  const rows = Array.isArray(value)
    ? value.map((each) => pad + literal(each, inner))
    : Object.entries(value).map(([name, each]) => {
        const start = `${key(name)}: `;
        return pad + start + literal(each, inner, start.length);
      });
  const [open, close] = Array.isArray(value) ? ["[", "]"] : ["{", "}"];
  return `${open}\n${rows.join(",\n")},\n${" ".repeat(indent)}${close}`;
}

function oneLine(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(oneLine).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "undefined";
  const members = Object.entries(value).map(([name, each]) => `${key(name)}: ${oneLine(each)}`);
  return members.length === 0 ? "{}" : `{ ${members.join(", ")} }`;
}

function key(name: string): string {
  return identifier.test(name) ? name : JSON.stringify(name);
}
