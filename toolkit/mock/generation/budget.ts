/** Thrown where making a value has cost all that it may. */
export class OutOfBudget extends Error {}

/**
 * How much may still be made: one step for each value, and one for each character of a pattern's text.
 * It bounds time and memory whatever a schema says.
 */
export class Budget {
  #steps: number;
  readonly #whole: number;
  readonly #throws: boolean;

  /** @param throws false: what does not fit any more is left out or cut short */
  constructor(steps: number, throws = true) {
    this.#steps = steps;
    this.#whole = steps;
    this.#throws = throws;
  }

  /**
   * @returns false where so many steps are not left; they are not taken then
   * @throws OutOfBudget instead, unless the budget is made not to
   */
  spend(steps = 1): boolean {
    if (steps > this.#steps) {
      if (this.#throws) throw new OutOfBudget();
      return false;
    }
    this.#steps -= steps;
    return true;
  }

  get left(): number {
    return this.#steps;
  }

  get spent(): number {
    return this.#whole - this.#steps;
  }

  get isExhausted(): boolean {
    return this.#steps === 0;
  }
}
