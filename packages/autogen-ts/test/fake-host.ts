/** A host whose clock stands still but for what is slept, for tests. */
import type { Host } from "../src/run/index.js";

export interface FakeHost extends Host {
  /** What was slept, in milliseconds. */
  readonly slept: readonly number[];
}

export function fakeHost(more: Partial<Host> = {}): FakeHost {
  let now = 0;
  const slept: number[] = [];
  return {
    now: () => now,
    random: () => 0.5,
    sleep: (ms, signal) => {
      slept.push(ms);
      now += ms;
      return signal?.aborted === true ? Promise.reject(new Error("aborted")) : Promise.resolve();
    },
    slept,
    // Connections take real time.
    timer: (ms, fire) => void setTimeout(fire, ms).unref(),
    ...more,
    // Parts of other folders are not used by what is tested here.
  } as FakeHost;
}
