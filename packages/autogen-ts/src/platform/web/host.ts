/** A browser or worker as the host of runs: no code execution, output to the developer console. */
import { abortError, type Host } from "../../run/index.js";
import { consolePrinter } from "../../io/index.js";
import { refuseExecutor } from "./executors/choose.js";
import { consoleStream } from "./console-stream.js";

/** The host that runs get when they are given none. */
export const host: Host = {
  now: () => Date.now(),
  random: () => Math.random(),
  timer: (ms, fire) => void setTimeout(fire, ms),
  environment: () => undefined,
  stream: consoleStream,
  subscriber: () => consolePrinter(consoleStream(), { notes: false }),
  chooseExecutor: refuseExecutor,
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        signal?.removeEventListener("abort", stop);
        resolve();
      }, ms);
      const stop = (): void => {
        clearTimeout(timer);
        if (signal !== undefined) reject(abortError(signal));
      };
      signal?.addEventListener("abort", stop, { once: true });
      if (signal?.aborted === true) stop();
    }),
};
