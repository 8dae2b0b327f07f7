/** A process that goes on with runs until each has ended or waits for people. Arguments: folder, address of the service, turns, ids. */
import type * as Library from "../../src/index.js";
import type * as Durable from "../../src/features/durable/index.js";
import { conversations } from "./conversations.js";

/** An id is the name of its form and a number: `two-7`. */
export const formOf = (id: string): string => id.split("-")[0] ?? "";

export async function work(library: typeof Library, durable: typeof Durable, args: readonly string[]): Promise<void> {
  const [dir = "", url = "", turns = "", ...ids] = args;
  const forms = conversations(library, durable);
  const host = durable.durableRuns({
    store: durable.journalFile({ dir }),
    conversations: Object.values(forms),
    suspendAfterMs: 20,
  });
  const outcomes = await Promise.all(
    ids.map(async (id) => {
      const form = forms[formOf(id)];
      if (form === undefined) throw new Error(`There is no form of ${id}.`);
      // All forms take the same input.
      return await host.start(form as Durable.Conversation<object>, { url, turns: Number(turns) }, { id });
    }),
  );
  process.stdout.write(`${JSON.stringify(outcomes.map(({ id, status }) => [id, status]))}\n`);
}
