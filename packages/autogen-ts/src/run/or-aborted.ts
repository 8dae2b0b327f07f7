/** Giving up on work that does not notice an abort itself. */
import { abortError } from "./errors.js";

/** The result of `work`, or the abort error as soon as the signal fires. What `work` gives after that is dropped. */
export async function orAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return await work;
  return await new Promise<T>((resolve, reject) => {
    const stop = (): void => reject(abortError(signal));
    const forget = (): void => signal.removeEventListener("abort", stop);
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop, { once: true });
    work.then(resolve, reject).then(forget, forget);
  });
}
