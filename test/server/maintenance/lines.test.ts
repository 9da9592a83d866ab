import { Readable } from "node:stream";
import { expect, test } from "vitest";
import { readLines } from "../../../server/maintenance/lines.ts";

async function linesOf(chunks: readonly (string | Buffer)[], longest = 10) {
  const lines: [number, string | undefined][] = [];
  const source = Readable.from(chunks.map((chunk) => Buffer.from(chunk)));
  for await (const batch of readLines(source, longest))
    lines.push(
      ...batch.map(({ number, bytes }): [number, string | undefined] => [number, bytes?.toString()]),
    );
  return lines;
}

test.each([
  ["a last line without an end", ["a\nb"], ["a", "b"]],
  ["a last line with one", ["a\nb\n"], ["a", "b"]],
  ["ends of both kinds", ["a\r\nb\n"], ["a", "b"]],
  ["empty lines", ["\n\na\n"], ["", "", "a"]],
  ["an empty file", [], []],
  ["lines cut anywhere", ["a", "b\nc", "", "d\ne", "f\n", "gh"], ["ab", "cd", "ef", "gh"]],
  ["a byte order mark, once", ["\ufeffa\n\ufeffb\n"], ["a", "\ufeffb"]],
  ["a byte order mark cut in two", [Buffer.from([0xef, 0xbb]), Buffer.from([0xbf, 0x61])], ["a"]],
  ["a carriage return cut off", ["a\r", "\nb"], ["a", "b"]],
  ["a character cut in two", [Buffer.from([0xc3]), Buffer.from([0xa9, 0x0a])], ["é"]],
])("reads %s", async (_what, chunks, expected) => {
  expect(await linesOf(chunks)).toEqual(expected.map((line, index) => [index + 1, line]));
});

test.each([
  ["in one piece", ["a\n12345678901\nb\n"]],
  ["in many", ["a\n123456", "789", "01234567", "89012345\nb\n"]],
  ["with a carriage return", ["a\n12345678901\r\nb\n"]],
])("tells a line that is too long %s, keeps nothing of it, and reads on", async (_what, chunks) => {
  expect(await linesOf(chunks)).toEqual([
    [1, "a"],
    [2, undefined],
    [3, "b"],
  ]);
});

test("takes the longest line between a byte order mark and a carriage return", async () => {
  expect(await linesOf(["\ufeff12345", "67890\r\n", "123456789", "0"])).toEqual([
    [1, "1234567890"],
    [2, "1234567890"],
  ]);
});

test("tells a too long last line", async () => {
  expect(await linesOf(["1234567890", "12345", "6789"])).toEqual([[1, undefined]]);
});
