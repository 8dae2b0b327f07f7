/**
 * The engine's stream of two outputs over one connection: 8 bytes (which output, three zeros, length), then the bytes.
 * Protocol: Docker Engine API, "Attach to a container", stream format.
 */

const HEADER_BYTES = 8;
const STDERR = 2;

/** Takes the stream as it comes, in pieces of any size. */
export class FrameReader {
  readonly #onFrame: (bytes: Buffer, stream: "stdout" | "stderr") => void;
  #header = Buffer.alloc(0);
  #stream: "stdout" | "stderr" = "stdout";
  #left = 0;

  constructor(onFrame: (bytes: Buffer, stream: "stdout" | "stderr") => void) {
    this.#onFrame = onFrame;
  }

  /** Bytes are passed on at once, also those of a frame that has not arrived in full. */
  add(chunk: Buffer): void {
    let rest = chunk;
    while (rest.length > 0) {
      if (this.#left === 0) rest = this.#readHeader(rest);
      const bytes = rest.subarray(0, this.#left);
      this.#left -= bytes.length;
      rest = rest.subarray(bytes.length);
      if (bytes.length > 0) this.#onFrame(bytes, this.#stream);
    }
  }

  #readHeader(chunk: Buffer): Buffer {
    const missing = HEADER_BYTES - this.#header.length;
    this.#header = Buffer.concat([this.#header, chunk.subarray(0, missing)]);
    if (this.#header.length === HEADER_BYTES) {
      this.#stream = this.#header[0] === STDERR ? "stderr" : "stdout";
      this.#left = this.#header.readUInt32BE(4);
      this.#header = Buffer.alloc(0);
    }
    return chunk.subarray(missing);
  }
}
