/** SHA-256 (FIPS 180-4) without the platform: what is approved must hash the same in a browser, and at once. */

/** @returns 64 hexadecimal digits, of the text as UTF-8 */
export function sha256(text: string): string {
  const bytes = new TextEncoder().encode(text);
  const blocks = new DataView(new ArrayBuffer(((bytes.length + 8) >> 6) * 64 + 64));
  new Uint8Array(blocks.buffer).set(bytes);
  blocks.setUint8(bytes.length, 0x80);
  blocks.setBigUint64(blocks.byteLength - 8, BigInt(bytes.length) * 8n);
  const { initial, constants } = primeRoots();
  const state = Uint32Array.from(initial);
  const words = new Uint32Array(64);
  for (let offset = 0; offset < blocks.byteLength; offset += 64) compress(state, words, constants, blocks, offset);
  return [...state].map((word) => word.toString(16).padStart(8, "0")).join("");
}

// One block. The letters are those of the standard.
function compress(state: Uint32Array, words: Uint32Array, constants: Uint32Array, blocks: DataView, offset: number): void {
  for (let t = 0; t < 16; t += 1) words[t] = blocks.getUint32(offset + t * 4);
  for (let t = 16; t < 64; t += 1) {
    words[t] =
      (sigma(at(words, t - 2), 17, 19, 10) + at(words, t - 7) + sigma(at(words, t - 15), 7, 18, 3) + at(words, t - 16)) | 0;
  }
  let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = state;
  for (let t = 0; t < 64; t += 1) {
    const one = (h + sum(e, 6, 11, 25) + ((e & f) ^ (~e & g)) + at(constants, t) + at(words, t)) | 0;
    const two = (sum(a, 2, 13, 22) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    [h, g, f, e, d, c, b, a] = [g, f, e, (d + one) | 0, c, b, a, (one + two) | 0];
  }
  for (const [index, value] of [a, b, c, d, e, f, g, h].entries()) state[index] = at(state, index) + value;
}

const at = (words: Uint32Array, index: number): number => words[index] ?? 0;
const rotated = (x: number, by: number): number => (x >>> by) | (x << (32 - by));
const sum = (x: number, i: number, j: number, k: number): number => rotated(x, i) ^ rotated(x, j) ^ rotated(x, k);
const sigma = (x: number, i: number, j: number, shift: number): number => rotated(x, i) ^ rotated(x, j) ^ (x >>> shift);

/** The first 32 bits behind the point of the square roots of 8 primes, and of the cube roots of 64. */
function primeRoots(): { readonly initial: readonly number[]; readonly constants: Uint32Array } {
  const primes: number[] = [];
  for (let n = 2; primes.length < 64; n += 1) if (primes.every((prime) => n % prime !== 0)) primes.push(n);
  return {
    initial: primes.slice(0, 8).map((prime) => fraction(Math.sqrt(prime))),
    constants: Uint32Array.from(primes, (prime) => fraction(Math.cbrt(prime))),
  };
}

const fraction = (x: number): number => ((x - Math.floor(x)) * 2 ** 32) >>> 0;
