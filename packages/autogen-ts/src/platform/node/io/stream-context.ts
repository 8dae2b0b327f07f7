/** Which stream is the current one. Specification chapter 15, section 2. */
import { AsyncLocalStorage } from "node:async_hooks";
import type { IOStream } from "../../../io/index.js";

/** One per process: a default for all, and one for each asynchronous call context that set its own. */
export class StreamContext {
  #globalDefault: IOStream;
  readonly #context = new AsyncLocalStorage<IOStream>();

  constructor(globalDefault: IOStream) {
    this.#globalDefault = globalDefault;
  }

  setGlobalDefault(stream: IOStream): void {
    this.#globalDefault = stream;
  }

  getGlobalDefault(): IOStream {
    return this.#globalDefault;
  }

  /** The stream of this call context, else that of the process. */
  getDefault(): IOStream {
    return this.#context.getStore() ?? this.#globalDefault;
  }

  /** Runs `body` with `stream` as the current one; blocks nest, and what they start keeps their stream. */
  async withDefault<T>(stream: IOStream, body: () => T | Promise<T>): Promise<T> {
    return await this.#context.run(stream, async () => await body());
  }
}
