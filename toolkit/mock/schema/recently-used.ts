/** Keeps what was made for the last used keys: for all of a large contract it would take more memory than all else. */
export class RecentlyUsed<Key, Value> {
  readonly #known = new Map<Key, Value>();
  readonly #most: number;
  readonly #make: (key: Key) => Value;

  constructor(most: number, make: (key: Key) => Value) {
    this.#most = most;
    this.#make = make;
  }

  get(key: Key): Value {
    const value = this.#known.get(key) ?? this.#make(key);
    this.#known.delete(key);
    this.#known.set(key, value);
    if (this.#known.size > this.#most) this.#known.delete(this.#known.keys().next().value as Key);
    return value;
  }
}
