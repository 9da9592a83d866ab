import { isObject } from "./json.ts";
import { essence, isEventStream, isJsonSequence } from "./media-type.ts";

/** What a JSON text sequence begins each of its texts with (RFC 7464 §2.2). */
export const RECORD_SEPARATOR = "\u001e";

/** The members of an event (https://html.spec.whatwg.org/multipage/server-sent-events.html, OpenAPI 3.2 §4.14.4). */
const EVENT_FIELDS = new Set(["comment", "event", "id", "retry", "data"]);

/** Whether a body of a media type is one item after the other: JSON Lines, JSON text sequences, server-sent events. */
export function isSequence(mediaType: string): boolean {
  return isJsonSequence(mediaType) || isEventStream(mediaType);
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
  const before = essence(mediaType).endsWith("json-seq") ? RECORD_SEPARATOR : "";
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
  return keys.every((key) => EVENT_FIELDS.has(key)) && keys.some((key) => key !== "id");
}

function writeEvent(
  event: Record<string, unknown>,
  stringify: (value: unknown) => string | undefined,
): string {
  const lines = [...EVENT_FIELDS].flatMap((field) => {
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
