import { randomInt } from "node:crypto";

const PREFIX_BITS = 31;
/** Together with the prefix as many bits as a number holds exactly. */
const COUNTER_LIMIT = 2 ** (53 - PREFIX_BITS);

/**
 * Numbers for objects: positive, the same for an object as long as it lives, and different in different processes, so that
 * several can write into one file.
 */
export class ObjectIds {
  readonly #ids = new WeakMap<object, number>();
  #prefix = 0;
  #count = COUNTER_LIMIT;

  of(object: object): number {
    const known = this.#ids.get(object);
    if (known !== undefined) return known;
    const id = this.#next();
    this.#ids.set(object, id);
    return id;
  }

  #next(): number {
    if (this.#count >= COUNTER_LIMIT) {
      this.#prefix = randomInt(1, 2 ** PREFIX_BITS);
      this.#count = 0;
    }
    return this.#prefix * COUNTER_LIMIT + this.#count++;
  }
}
