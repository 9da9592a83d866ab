import type { Coercions } from "./coercion.ts";
import { isObject } from "./json.ts";
import { essence, isEventStream, isJsonSequence } from "./media-type.ts";
import type { Content } from "./operation.ts";
import type { Located } from "./reference.ts";
import { MalformedText } from "./style.ts";

/** What a JSON text sequence begins each of its texts with (RFC 7464 §2.2). */
const recordSeparator = "\u001e";

/** The members of an event (https://html.spec.whatwg.org/multipage/server-sent-events.html, OpenAPI 3.2 §4.14.4). */
const eventFields = new Set(["comment", "event", "id", "retry", "data"]);

/** Whether a body of a media type is one item after the other: JSON Lines, JSON text sequences, server-sent events. */
export function isSequence(mediaType: string): boolean {
  return isJsonSequence(mediaType) || isEventStream(mediaType);
}

/** Whether a sequence is one value, a list, rather than read item by item: its `schema` is that of a list. */
export function isList({ schema, itemSchema }: Content, coercions: Coercions): boolean {
  return (
    schema !== undefined && schema.pointer !== itemSchema?.pointer && coercions.takes(schema) === "array"
  );
}

/** What each item of a sequence is held against. */
export function schemaOfItems({ schema, itemSchema }: Content, coercions: Coercions): Located | undefined {
  if (itemSchema !== undefined || schema === undefined) return itemSchema;
  return coercions.takes(schema) === "array" ? coercions.itemSchema(schema) : schema;
}

/** The JSON texts of a whole sequence: lines, or what follows record separators. */
export function sequenceTexts(text: string, mediaType: string): string[] {
  return text.split(separatorOf(mediaType)).filter((each) => each.trim() !== "");
}

/** The same of one that comes in pieces. @throws MalformedText where it is not UTF-8 */
export async function* streamedTexts(
  pieces: AsyncIterable<Uint8Array>,
  mediaType: string,
): AsyncGenerator<string, void> {
  const separator = separatorOf(mediaType);
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let begun: string[] = [];
  for await (const piece of pieces) {
    const [first = "", ...others] = decode(decoder, piece).split(separator);
    begun.push(first);
    for (const next of others) {
      const text = begun.join("");
      begun = [next];
      if (text.trim() !== "") yield text;
    }
  }
  const last = begun.join("") + decode(decoder);
  if (last.trim() !== "") yield last;
}

function decode(decoder: InstanceType<typeof TextDecoder>, piece?: Uint8Array): string {
  try {
    return decoder.decode(piece, { stream: piece !== undefined });
  } catch {
    throw new MalformedText("utf-8", "is not valid UTF-8");
  }
}

/** A text of a sequence may have line breaks of its own. */
function separatorOf(mediaType: string): string {
  return isTextSequence(mediaType) ? recordSeparator : "\n";
}

function isTextSequence(mediaType: string): boolean {
  return essence(mediaType).endsWith("json-seq");
}

/**
 * Makes the function that writes one item of a sequential media type. Of `text/event-stream`, an object that has none but
 * an event's members is an event; whatever else is the data of one: text as it is, all others as JSON.
 *
 * @param stringify writes JSON; undefined: the value cannot be written
 */
export function itemWriter(
  mediaType: string,
  stringify: (value: unknown) => string | undefined = JSON.stringify,
): (item: unknown) => string {
  if (isEventStream(mediaType)) return (item) => writeEvent(isEvent(item) ? item : { data: item }, stringify);
  const before = isTextSequence(mediaType) ? recordSeparator : "";
  return (item) => {
    const text = stringify(item);
    if (text === undefined) throw new TypeError("An item cannot be written as JSON.");
    return `${before}${text}\n`;
  };
}

/** An `id` alone is what many a thing has. */
function isEvent(item: unknown): item is Record<string, unknown> {
  if (!isObject(item)) return false;
  const keys = Object.keys(item);
  return keys.every((key) => eventFields.has(key)) && keys.some((key) => key !== "id");
}

function writeEvent(
  event: Record<string, unknown>,
  stringify: (value: unknown) => string | undefined,
): string {
  const lines = [...eventFields].flatMap((field) => {
    const value = event[field];
    if (value === undefined) return [];
    const text = typeof value === "string" ? value : stringify(value);
    if (text === undefined) throw new TypeError("An event's data cannot be written as JSON.");
    const parts = text.split(/\r\n|\r|\n/);
    if (parts.length > 1 && field !== "data" && field !== "comment")
      throw new TypeError(`The ${field} of an event must be one line.`);
    const name = field === "comment" ? "" : field;
    return parts.map((part) => `${name}: ${part}\n`);
  });
  return `${lines.join("")}\n`;
}
