/** Which stream is the current one. Specification chapter 15, section 2. */
import { AsyncLocalStorage } from "node:async_hooks";
import { AutogenError } from "../../../run/index.js";
import type { IOStream } from "../../../io/index.js";

/** One per process: a default for all, and one for each asynchronous call context that set its own. */
export class StreamContext {
  #globalDefault: IOStream | null;
  readonly #context = new AsyncLocalStorage<IOStream>();

  constructor(globalDefault: IOStream | null = null) {
    this.#globalDefault = globalDefault;
  }

  setGlobalDefault(stream: IOStream): void {
    this.#globalDefault = stream;
  }

  /** @throws AutogenError `invalid-state` when none was ever set */
  getGlobalDefault(): IOStream {
    if (this.#globalDefault !== null) return this.#globalDefault;
    throw new AutogenError("invalid-state", "There is no default stream. Call `setGlobalDefault` first.");
  }

  /**
   * The stream of this call context, else that of the process. Asking changes nothing: a later `setGlobalDefault` is
   * seen by every context without a stream of its own, as in the reference (whose attempt to keep it has no effect).
   */
  getDefault(): IOStream {
    return this.#context.getStore() ?? this.getGlobalDefault();
  }

  /**
   * Runs `body` with `stream` as the current one. Blocks nest; after the end, also by an exception, the former stream
   * is current again. What `body` starts and does not wait for keeps `stream`.
   */
  async withDefault<T>(stream: IOStream, body: () => T | Promise<T>): Promise<T> {
    return await this.#context.run(stream, async () => await body());
  }
}
