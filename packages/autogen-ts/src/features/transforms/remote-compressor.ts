/** A compressor behind HTTP: LLMLingua or another, as a service. Specification chapter 14, section 4 a. */
import { AutogenError, throwIfAborted, type Json } from "../../core.js";
import type { CompressedText, CompressionParams, TextCompressor } from "./text-compressor.js";
import type { TransformContext } from "./transform.js";

/** Where the service is and how it is asked. */
export interface RemoteCompressorOptions {
  /** Gets `POST` with JSON: `{ text, rate, target_token, force_tokens, … }`. */
  readonly url: string;
  /** For example with a key; shown nowhere. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Milliseconds of one request. @default 30000 */
  readonly timeoutMs?: number;
  /** Longer answers are refused. @default 4000000 */
  readonly maxBytes?: number;
}

const TIMEOUT_MS = 30_000;
const MOST_BYTES = 4_000_000;

/**
 * Asks a service. Its answer has `compressed_prompt`, and may have `origin_tokens` and `compressed_tokens`, as LLMLingua's
 * own result. In a run each request is an effect of the kind `io`.
 */
export class RemoteCompressor implements TextCompressor {
  readonly #url: URL;
  readonly #options: RemoteCompressorOptions;

  /** @throws AutogenError `invalid-option` for an address that is not of the web */
  constructor(options: RemoteCompressorOptions) {
    const url = URL.canParse(options.url) ? new URL(options.url) : null;
    if (url === null || !["http:", "https:"].includes(url.protocol))
      throw new AutogenError("invalid-option", "`url` of a compressor is no web address. Pass one with `http:` or `https:`.");
    this.#url = url;
    this.#options = options;
  }

  /** @throws AutogenError `compression-failed` when there is no usable answer; `aborted` */
  async compressText(text: string, params: CompressionParams = {}, { run }: TransformContext = {}): Promise<CompressedText> {
    const body = requestBody(text, params);
    const ask = async (signal?: AbortSignal): Promise<Json> => ({ ...(await this.#ask(body, signal)) });
    // Without query and user: both may hold a key.
    const target = `compressor:${this.#url.origin}${this.#url.pathname}`;
    const answer =
      run === undefined ? await ask() : await run.perform("io", target, body, async ({ signal }) => await ask(signal));
    return readAnswer(answer, this.#url);
  }

  async #ask(body: Json, signal: AbortSignal | undefined): Promise<{ readonly [key: string]: Json }> {
    const { headers = {}, timeoutMs = TIMEOUT_MS, maxBytes = MOST_BYTES } = this.#options;
    const limit = AbortSignal.timeout(timeoutMs);
    try {
      const response = await fetch(this.#url, {
        method: "POST",
        headers: { "content-type": "application/json", ...headers },
        body: JSON.stringify(body),
        // The headers are for this service and no other.
        redirect: "error",
        signal: signal === undefined ? limit : AbortSignal.any([signal, limit]),
      });
      const read = await boundedText(response, maxBytes);
      if (!response.ok) throw this.#failure(`answered ${String(response.status)}`);
      const { compressed_prompt = null, origin_tokens = null, compressed_tokens = null } = jsonObject(read);
      return { compressed_prompt, origin_tokens, compressed_tokens };
    } catch (error) {
      if (signal !== undefined) throwIfAborted(signal);
      if (error instanceof AutogenError) throw error;
      if (error instanceof TooLong) throw this.#failure(`sent more than ${String(maxBytes)} bytes`);
      if (error instanceof SyntaxError) throw this.#failure("sent something that is no JSON object");
      throw this.#failure(limit.aborted ? `did not answer within ${String(timeoutMs)} ms` : "could not be reached", error);
    }
  }

  #failure(what: string, cause?: unknown): AutogenError {
    return failure(this.#url, what, cause);
  }
}

function failure(url: URL, what: string, cause?: unknown): AutogenError {
  const message = `The compressor at ${url.origin} ${what}. Check \`url\` and \`headers\`, and that the service is running.`;
  return new AutogenError("compression-failed", message, cause === undefined ? {} : { cause });
}

function requestBody(text: string, { targetToken, forceTokens, ...rest }: CompressionParams): Json {
  const more = {
    ...(targetToken === undefined ? {} : { target_token: targetToken }),
    ...(forceTokens === undefined ? {} : { force_tokens: forceTokens }),
  };
  // What JSON has no word for is left out, as it would be on the wire.
  return JSON.parse(JSON.stringify({ ...rest, ...more, text })) as Json;
}

class TooLong extends Error {}

async function boundedText(response: Response, maxBytes: number): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  // The types of the platform do not say what a body consists of.
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    bytes += chunk.byteLength;
    if (bytes > maxBytes) throw new TooLong();
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

function jsonObject(text: string): Readonly<Record<string, Json>> {
  const value = JSON.parse(text) as Json;
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new SyntaxError("no object");
  return value as Readonly<Record<string, Json>>;
}

function readAnswer(answer: Json, url: URL): CompressedText {
  const { compressed_prompt: text, origin_tokens: before, compressed_tokens: after } = answer as Readonly<Record<string, Json>>;
  if (typeof text !== "string") throw failure(url, "sent no `compressed_prompt`");
  return {
    compressedPrompt: text,
    ...(typeof before === "number" ? { originTokens: before } : {}),
    ...(typeof after === "number" ? { compressedTokens: after } : {}),
  };
}
