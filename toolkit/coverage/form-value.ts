import { isObject } from "../openapi/index.ts";

/** What a form says, all of it text: repeated names are a list, `a[b]` and `0[b]` lead into what they name. */
export function formValue(body: string): { json: unknown } {
  const root = new Map<string, unknown>();
  for (const [key, text] of new URLSearchParams(body)) {
    const [first = "", ...others] = key.split(/[[\]]+/).filter((token, index) => index === 0 || token !== "");
    put(root, [first, ...others], text);
  }
  return { json: plain(root) };
}

function put(into: Map<string, unknown>, [name = "", ...others]: readonly string[], text: string): void {
  const known = into.get(name);
  if (others.length > 0) {
    const below = known instanceof Map ? known : new Map<string, unknown>();
    into.set(name, below);
    put(below, others, text);
  } else into.set(name, known === undefined ? text : [known, text].flat());
}

function plain(value: unknown): unknown {
  if (!(value instanceof Map)) return value;
  const entries = [...value].map(([name, each]) => [name, plain(each)] as const);
  const isList = entries.length > 0 && entries.every(([name], index) => name === String(index));
  return isList ? entries.map(([, each]) => each) : Object.fromEntries(entries);
}

/** Whether a value is what a form says, but for its types: `true` and `"true"`, a list of one and the one. */
export function isSameText(value: unknown, text: unknown): boolean {
  if (Array.isArray(value)) {
    const texts = [text].flat();
    return value.length === texts.length && value.every((each, index) => isSameText(each, texts[index]));
  }
  if (!isObject(value)) return String(value ?? "") === text;
  if (typeof text === "string") return JSON.stringify(value) === text;
  if (!isObject(text)) return false;
  const names = Object.keys(value);
  return (
    names.length === Object.keys(text).length && names.every((name) => isSameText(value[name], text[name]))
  );
}
