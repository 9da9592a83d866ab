/** C0 and C1 controls, which a terminal may obey, and marks that turn the direction of writing (Unicode, UAX #9). */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const controlCharacters = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;
const lineBreaks = /\s*[\r\n]+\s*/g;

/** Text with nothing in it that a terminal would obey: each such character as JSON escapes it, and so within JSON too. */
export function escapeControls(text: string): string {
  return text.replace(controlCharacters, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** Text of clients and documents as a log may show it: on one line, and nothing in it a command to the terminal. */
export function plain(text: string): string {
  return escapeControls(text.replace(lineBreaks, " "));
}

/** The same of several lines. */
export function plainLines(text: string): string {
  return text.split("\n").map(plain).join("\n");
}
