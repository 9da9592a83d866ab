import { hash } from "node:crypto";
import { canonicalJson } from "../canonical-json.ts";

/**
 * What a table holds, whatever order it is read in: the number of its rows and the sum of their SHA-256 digests,
 * word by word modulo 2³². Two tables of the same rows have the same checksum; of others it is as good as impossible.
 */
export class Checksum {
  readonly #sum = new Uint32Array(8);
  count = 0;

  /** Records are the same whatever order their properties, at any depth, stand in. */
  add(record: object): void {
    const digest = hash("sha256", canonicalJson(record), "buffer");
    for (let word = 0; word < this.#sum.length; word += 1)
      this.#sum[word] = (this.#sum[word] as number) + digest.readUInt32BE(word * 4);
    this.count += 1;
  }

  equals(other: Checksum): boolean {
    return this.count === other.count && this.toString() === other.toString();
  }

  /** In hexadecimal. */
  toString(): string {
    return Array.from(this.#sum, (word) => word.toString(16).padStart(8, "0")).join("");
  }
}
