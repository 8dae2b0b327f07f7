/** Puts the journal of durable runs around every run of a scenario: what happens must be the same with it. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { library } from "../map/not-available.mjs";

/** @returns {Promise<{ steps: () => number, remove: () => Promise<void> }>} */
export async function journalEveryRun() {
  const { journalLayer } = await import("autogen-ts/durable");
  const folder = mkdtempSync(join(tmpdir(), "autogen-journals-"));
  const journals = [];
  let steps = 0;
  const unobserve = library.observe({
    joinRun() {
      // Opened by the first effect: a run may have none.
      /** @type {ReturnType<typeof journalLayer> | undefined} */
      let journal;
      const open = () => {
        journal ??= journalLayer(join(folder, `run-${journals.length}.jsonl`));
        if (!journals.includes(journal)) journals.push(journal);
        return journal;
      };
      /** @type {import("autogen-ts").EffectLayer} */
      const layer = (next, scope) => async (effect, execute) => {
        const inner = (await open()).layer(next, scope);
        steps += 1;
        return await inner(effect, execute);
      };
      return { layers: [layer] };
    },
  });
  return {
    steps: () => steps,
    async remove() {
      unobserve();
      for (const journal of journals) await (await journal)[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
