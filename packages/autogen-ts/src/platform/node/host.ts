/** Node as the host of runs. */
import { setTimeout as wait } from "node:timers/promises";
import type { ListedPrice } from "../../model/index.js";
import { abortError, type Host } from "../../run/index.js";
import { consolePrinter, type IOStream as Stream } from "../../io/index.js";
import { azureTokenProvider } from "./azure-identity.js";
import { DefaultCaches } from "./cache/index.js";
import { ExecutorChooser, makeExecutor, type ExitCleanup } from "./executors/index.js";
import { consoleStream } from "./io/console-stream.js";
import { httpFetch } from "./http/http-fetch.js";
import { StreamContext } from "./io/stream-context.js";
import { PriceBook } from "./price-book.js";

/** A stream of text and lines. */
export type IOStream = Stream;

/** The process's current stream: `getDefault`, `setGlobalDefault`, `withDefault`. At first it is the console. */
export const IOStream: StreamContext = new StreamContext(consoleStream());

/** Remembers which sandboxes hold on this machine. */
const executors = new ExecutorChooser();

/** Duties at the end of the process: one list, since two would each leave a signal to the other. */
export const exitCleanup: ExitCleanup = executors.cleanup;

/** The caches of calls that name none. */
const caches = new DefaultCaches((name) => process.env[name]);

/** Prices of the whole program. */
const prices = new PriceBook((name) => process.env[name]);

/**
 * Prices for models that have none, or another one, in all clients of this program: by the names that responses carry, in
 * US dollars per 1 000 tokens. `price` and `prices` of an entry win over them. Null takes one back.
 *
 * @throws AutogenError `invalid-config` for a price that is none; nothing is registered then
 */
export function registerPrices(added: Readonly<Record<string, ListedPrice | null>>): void {
  prices.register(added);
}

/** The host that runs get when they are given none. */
export const host: Host = {
  now: () => Date.now(),
  random: () => Math.random(),
  timer: (ms, fire) => void setTimeout(fire, ms).unref(),
  environment: (name) => process.env[name],
  // Others have a `node:http` too, but their own `fetch` is the quick one.
  ...("bun" in process.versions || "deno" in process.versions ? {} : { fetch: httpFetch() }),
  stream: () => IOStream.getDefault(),
  subscriber: () => consolePrinter(IOStream.getDefault(), { notes: false }),
  responseCache: (seed) => caches.open(seed),
  azureTokenProvider,
  listedPrice: (model) => prices.price(model),
  chooseExecutor: async (request) => await executors.choose(request),
  makeExecutor,
  async sleep(ms, signal) {
    try {
      await wait(ms, undefined, signal === undefined ? {} : { signal });
    } catch (error) {
      throw signal?.aborted === true ? abortError(signal) : error;
    }
  },
};
