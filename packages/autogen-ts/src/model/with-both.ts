/** Work that ends with a run or with a call of it, whichever is stopped first. */
import { abortError } from "../run/index.js";

/** Does `work` under both signals; does not wait for work that ignores them. No listeners are left behind. */
export async function withBoth<T>(outer: AbortSignal, own: AbortSignal, work: (both: AbortSignal) => Promise<T>): Promise<T> {
  if (own.aborted) throw abortError(own);
  const both = new AbortController();
  const stopOuter = (): void => both.abort(outer.reason);
  let stopOwn: () => void = () => undefined;
  const stopped = new Promise<never>((_resolve, reject) => {
    stopOwn = () => {
      both.abort(own.reason);
      reject(abortError(own));
    };
  });
  own.addEventListener("abort", stopOwn, { once: true });
  outer.addEventListener("abort", stopOuter, { once: true });
  try {
    return await Promise.race([work(both.signal), stopped]);
  } finally {
    own.removeEventListener("abort", stopOwn);
    outer.removeEventListener("abort", stopOuter);
  }
}
