/** An answer that came over `node:http`, in the form of the Fetch standard's `Response`. */
import type { IncomingMessage } from "node:http";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { createBrotliDecompress, createGunzip, createInflate } from "node:zlib";

/** The part of `Response` that readers of answers use. The body is read once, by `text`, `json` or `body`. */
export class HttpResponse {
  readonly status: number;
  readonly statusText: string;
  readonly url: string;
  readonly headers: Headers;
  readonly #answer: IncomingMessage;
  readonly #signal: AbortSignal | null;

  constructor(answer: IncomingMessage, { url, signal }: { readonly url: string; readonly signal: AbortSignal | null }) {
    this.#answer = answer;
    this.#signal = signal;
    this.status = answer.statusCode ?? 0;
    this.statusText = answer.statusMessage ?? "";
    this.url = url;
    this.headers = headersOf(answer.rawHeaders);
  }

  get ok(): boolean {
    return this.status >= 200 && this.status < 300;
  }

  /** Pieces as they arrive; leaving the loop ends the connection. */
  get body(): AsyncIterable<Uint8Array> {
    return { [Symbol.asyncIterator]: () => this.#pieces() };
  }

  async text(): Promise<string> {
    try {
      return await text(decoded(this.#answer));
    } catch (error) {
      throw this.#failure(error);
    }
  }

  async json(): Promise<unknown> {
    return JSON.parse(await this.text());
  }

  #pieces(): AsyncIterableIterator<Uint8Array> {
    const answer = this.#answer;
    const pieces = decoded(answer)[Symbol.asyncIterator]() as AsyncIterableIterator<Uint8Array>;
    return {
      next: async () => {
        try {
          return await pieces.next();
        } catch (error) {
          throw this.#failure(error);
        }
      },
      // A generator that was not begun would leave the connection open.
      return: () => {
        answer.destroy();
        return Promise.resolve({ done: true, value: undefined });
      },
      [Symbol.asyncIterator]() {
        return this;
      },
    };
  }

  /** As Node's `fetch` tells of it. */
  #failure(error: unknown): unknown {
    return this.#signal?.aborted === true ? this.#signal.reason : new TypeError("terminated", { cause: error });
  }
}

function headersOf(raw: readonly string[]): Headers {
  const headers = new Headers();
  for (let index = 0; index + 1 < raw.length; index += 2) headers.append(raw[index] ?? "", raw[index + 1] ?? "");
  return headers;
}

function decoded(answer: IncomingMessage): Readable {
  const decoder = decoderFor(answer.headers["content-encoding"]);
  if (decoder === null) return answer;
  answer.once("error", (error) => decoder.destroy(error));
  decoder.once("close", () => answer.destroy());
  return answer.pipe(decoder);
}

function decoderFor(encoding = ""): ReturnType<typeof createGunzip> | null {
  switch (encoding.toLowerCase()) {
    case "gzip":
    case "x-gzip":
      return createGunzip();
    case "deflate":
      return createInflate();
    case "br":
      return createBrotliDecompress();
    default:
      return null;
  }
}
