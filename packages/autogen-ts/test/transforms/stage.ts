/** Messages and runs that the tests of transforms start from. */
import { createRun, type EventBody, type Message, type Run, type TokenizerSource } from "../../src/core.js";
import { fakeHost } from "../fake-host.js";

/** One token for each word: sums can be checked by hand. */
export const words: TokenizerSource = () => ({ countTokens: (text) => text.split(" ").filter((word) => word !== "").length });

export const user = (content: string, name?: string): Message => ({
  role: "user",
  content,
  ...(name === undefined ? {} : { name }),
});

export const calling = (id = "c"): Message => ({
  role: "assistant",
  content: null,
  tool_calls: [{ id, type: "function", function: { name: "f", arguments: "{}" } }],
});

export const answering = (content: string, id = "c"): Message => ({
  role: "tool",
  content,
  tool_responses: [{ role: "tool", content, tool_call_id: id }],
});

export const contents = (messages: readonly Message[]): unknown[] => messages.map(({ content }) => content);

/** A run that keeps its events. */
export function watchedRun(): { readonly run: Run; readonly events: EventBody[]; readonly warnings: () => readonly string[] } {
  const events: EventBody[] = [];
  const run = createRun({
    host: fakeHost(),
    subscribers: [({ seq: _seq, path: _path, silent: _silent, ...event }) => void events.push(event)],
  });
  return { run, events, warnings: () => events.flatMap((event) => (event.type === "warning" ? [event.code] : [])) };
}
