/** Output of unknown length in memory of known size: the beginning and the end are kept. */

/** Keeps the first and the last half of what is allowed. */
export class CappedOutput {
  readonly #half: number;
  #head = Buffer.alloc(0);
  #tail = Buffer.alloc(0);
  /** Bytes seen in all. */
  total = 0;

  /** @param maxBytes how much is kept; more is cut out of the middle */
  constructor(maxBytes: number) {
    this.#half = Math.ceil(maxBytes / 2);
  }

  add(chunk: Buffer): void {
    this.total += chunk.length;
    const space = this.#half - this.#head.length;
    if (space > 0) this.#head = Buffer.concat([this.#head, chunk.subarray(0, space)]);
    const rest = chunk.subarray(Math.max(space, 0));
    if (rest.length === 0) return;
    // The tail may grow to twice its size before it is cut, so that small writes are not copied each time.
    this.#tail = Buffer.concat([this.#tail, rest]);
    if (this.#tail.length > 2 * this.#half) this.#tail = Buffer.from(this.#tail.subarray(-this.#half));
  }

  /** UTF-8 with replacement characters; a marker line stands where bytes were cut out. */
  text(): string {
    const cut = this.total - 2 * this.#half;
    if (cut <= 0) return Buffer.concat([this.#head, this.#tail]).toString("utf8");
    const head = withoutPartialEnd(this.#head).toString("utf8");
    const tail = withoutPartialStart(this.#tail.subarray(-this.#half)).toString("utf8");
    return `${head}\n[... ${cut} bytes of output left out ...]\n${tail}`;
  }
}

const isContinuation = (byte: number | undefined): boolean => byte !== undefined && (byte & 0xc0) === 0x80;

function withoutPartialStart(bytes: Buffer): Buffer {
  let start = 0;
  while (start < 3 && isContinuation(bytes[start])) start++;
  return bytes.subarray(start);
}

function withoutPartialEnd(bytes: Buffer): Buffer {
  let last = bytes.length - 1;
  while (last > bytes.length - 4 && isContinuation(bytes[last])) last--;
  const lead = bytes[last] ?? 0;
  const length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1;
  return last + length > bytes.length ? bytes.subarray(0, last) : bytes;
}
