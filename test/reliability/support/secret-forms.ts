/** A text to search for, and what it is. */
interface Form {
  readonly form: string;
  readonly bytes: Buffer;
}

/** The first of many forms that is in `bytes`, found in one pass over them. */
export function findAny(bytes: Buffer, forms: readonly Form[]): string | undefined {
  const mayBegin = new Uint8Array(2 ** 16);
  const byBeginning = new Map<number, Form[]>();
  for (const form of forms) {
    const beginning = form.bytes.readUInt32BE();
    mayBegin[beginning >>> 16] = 1;
    byBeginning.set(beginning, [...(byBeginning.get(beginning) ?? []), form]);
  }
  for (let at = 0; at < bytes.length - 4; at += 1) {
    if (mayBegin[((bytes[at] as number) << 8) | (bytes[at + 1] as number)] === 0) continue;
    const found = byBeginning
      .get(bytes.readUInt32BE(at))
      ?.find((form) => bytes.subarray(at, at + form.bytes.length).equals(form.bytes));
    if (found !== undefined) return found.form;
  }
  return undefined;
}

/** Every form in which a totp secret might be written down by mistake. */
export function formsOf(base32: string): readonly Form[] {
  const raw = decodeBase32(base32);
  const hex = raw.toString("hex");
  const texts = {
    base32,
    "base32 in lower case": base32.toLowerCase(),
    "base32 in groups of four": base32.replace(/(.{4})(?=.)/g, "$1 "),
    hex,
    "hex in upper case": hex.toUpperCase(),
    "hex in pairs": hex.replace(/(..)(?=.)/g, "$1:"),
    "base32 in hex": Buffer.from(base32).toString("hex"),
    "base32 in reverse": [...base32].reverse().join(""),
  };
  return [
    { form: "raw bytes", bytes: raw },
    ...Object.entries(texts).map(([form, text]) => ({ form, bytes: Buffer.from(text) })),
    ...inBase64("base64 of the raw bytes", raw),
    ...inBase64("base64 of the base32", Buffer.from(base32)),
  ];
}

/** In the midst of other text, base64 is another one for each of three alignments; the ends depend on neighbours. */
function inBase64(form: string, bytes: Buffer) {
  return [0, 1, 2].flatMap((before) => {
    const text = Buffer.concat([Buffer.alloc(before), bytes]).toString("base64");
    const own = text.slice(before === 0 ? 0 : 4, Math.floor(((before + bytes.length) * 4) / 3 / 4) * 4);
    return [own, own.replaceAll("+", "-").replaceAll("/", "_")].map((each) => ({
      form,
      bytes: Buffer.from(each),
    }));
  });
}

function decodeBase32(text: string): Buffer {
  const bits = [...text]
    .map((character) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(character).toString(2).padStart(5, "0"))
    .join("");
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
}
