import { Readable } from "node:stream";

/** How long the first item may take before the headers leave without it, in milliseconds. */
const longestSilence = 500;

type Written = string | Uint8Array;

/**
 * Items as bytes, each taken when there is room for it. Whoever destroys the stream ends the iterator at once, even while
 * the next item is awaited; what the iterator throws, the stream fails with.
 */
export class ItemStream extends Readable {
  readonly #iterator: Iterator<unknown> | AsyncIterator<unknown>;
  readonly #write: (item: unknown) => Written;
  readonly #onSilence: () => void;
  #silence: NodeJS.Timeout | undefined;
  #hasBegun = false;
  #isOver = false;

  /**
   * @param write may throw: the stream fails with it
   * @param onSilence is called where the first item takes its time
   */
  constructor(
    items: Iterable<unknown> | AsyncIterable<unknown>,
    write: (item: unknown) => Written,
    onSilence: () => void = () => {},
  ) {
    super();
    this.#iterator = iterate(items);
    this.#write = write;
    this.#onSilence = onSilence;
  }

  /** Ends the stream as though there were no more items. */
  finish(): void {
    if (this.#isOver || this.destroyed) return;
    this.#return();
    this.push(null);
  }

  override _read(): void {
    if (!this.#hasBegun) this.#silence = setTimeout(this.#onSilence, longestSilence);
    this.#hasBegun = true;
    this.#pull().catch((error: unknown) => {
      this.#isOver = true;
      this.destroy(
        error instanceof Error ? error : new Error("An iterator threw no Error.", { cause: error }),
      );
    });
  }

  async #pull(): Promise<void> {
    for (;;) {
      const { done, value } = await this.#iterator.next();
      if (this.#isOver || this.destroyed) return;
      clearTimeout(this.#silence);
      if (done) {
        this.#isOver = true;
        this.push(null);
        return;
      }
      const written = this.#written(await value);
      if (this.#isOver || this.destroyed) return;
      // Nothing is no chunk: the stream would wait for another.
      if (written.length === 0) continue;
      this.push(written);
      return;
    }
  }

  #written(item: unknown): Written {
    try {
      return this.#write(item);
    } catch (error) {
      this.#return();
      throw error;
    }
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    clearTimeout(this.#silence);
    if (!this.#isOver) this.#return();
    done(error);
  }

  /** Not awaited: a generator that waits for something ends only after that. */
  #return(): void {
    this.#isOver = true;
    Promise.resolve()
      .then(() => this.#iterator.return?.())
      .catch(() => {});
  }
}

/** A web stream is read by a reader: its own iterator is not ended before the chunk that it waits for. */
function iterate(
  items: Iterable<unknown> | AsyncIterable<unknown>,
): Iterator<unknown> | AsyncIterator<unknown> {
  if (items instanceof ReadableStream) {
    const reader = items.getReader();
    return {
      next: () => reader.read() as Promise<IteratorResult<unknown>>,
      return: () => reader.cancel().then(() => ({ done: true, value: undefined })),
    };
  }
  return Symbol.asyncIterator in items ? items[Symbol.asyncIterator]() : items[Symbol.iterator]();
}
