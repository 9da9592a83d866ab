/** One line of a file, its number counted from 1. */
export interface Line {
  readonly number: number;
  /** Without its end; `undefined` where it is longer than allowed. */
  readonly bytes: Buffer | undefined;
}

const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const byteOrderMark = Buffer.from("\ufeff");

/**
 * Cuts a stream of bytes into lines, in lists of those that came together. Of a line longer than `longest` bytes
 * nothing is kept, so that memory holds one chunk and one line, however large the file is.
 */
export async function* readLines(
  source: AsyncIterable<Buffer>,
  longest: number,
): AsyncGenerator<readonly Line[], void> {
  let number = 0;
  /** The beginning of a line whose end has not come yet; `undefined` once it is too long. */
  let begun: Buffer | undefined = Buffer.alloc(0);

  function line(end: Buffer): Line {
    number += 1;
    const whole = begun && (begun.length === 0 ? end : Buffer.concat([begun, end]));
    begun = Buffer.alloc(0);
    return { number, bytes: whole && withoutEnds(whole, number, longest) };
  }

  for await (const chunk of source) {
    const lines: Line[] = [];
    let start = 0;
    for (let end = chunk.indexOf(lineFeed); end >= 0; end = chunk.indexOf(lineFeed, start)) {
      lines.push(line(chunk.subarray(start, end)));
      start = end + 1;
    }
    // A longest line may be preceded by a byte order mark and followed by a carriage return.
    const room = longest + byteOrderMark.length + 1;
    if (begun) {
      const grown: Buffer = Buffer.concat([begun, chunk.subarray(start)]);
      begun = grown.length > room ? undefined : grown;
    }
    if (lines.length > 0) yield lines;
  }
  if (begun?.length !== 0) yield [line(Buffer.alloc(0))];
}

function withoutEnds(whole: Buffer, number: number, longest: number): Buffer | undefined {
  const start = number === 1 && whole.indexOf(byteOrderMark) === 0 ? byteOrderMark.length : 0;
  const end = whole.at(-1) === carriageReturn ? -1 : undefined;
  const bytes = whole.subarray(start, end);
  return bytes.length > longest ? undefined : bytes;
}
