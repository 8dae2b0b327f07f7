/** Transforms on long histories: what a further turn costs once the history has been seen, and how that grows with its length. */
import { createRun, tokenCounter } from "autogen-ts";
import * as transforms from "autogen-ts/transforms";

const SHORT = 400;
const LONG = 40_000;
const ROUNDS = 5;

export async function run() {
  const counting = await measured(SHORT, async () => {
    const counter = await tokenCounter("gpt-4o");
    return (messages) => counter.messages(messages);
  });
  const rows = [
    { label: `counting ${SHORT} messages, first turn`, value: counting.first, unit: "ms" },
    { label: `counting ${SHORT} messages, each further turn`, value: counting.further, unit: "ms", atMost: 0.1 },
  ];
  for (const [title, make] of Object.entries(subjects())) {
    const short = await measured(SHORT, make);
    const long = await measured(LONG, make);
    const growth = long.further / LONG / (short.further / SHORT);
    rows.push({ label: `${title}: a turn with ${SHORT} messages`, value: short.further, unit: "ms" });
    // Twice for what does not fit a processor's cache any more; the square would be a hundred times.
    rows.push({ label: `${title}: per message with ${LONG} against ${SHORT}`, value: growth, unit: "times", atMost: 4 });
  }
  return rows;
}

function subjects() {
  const transformed = (transform) => async () => (messages) => transform.applyTransform(messages);
  // Transforms need no more of a host; code and consoles are not in play.
  const host = /** @type {any} */ ({ now: () => 0, random: () => 0.5, sleep: () => Promise.resolve() });
  const scope = { run: createRun({ host }), agent: "bot", model: "gpt-4o", tokensPerMinute: null, ask: async () => "notes" };
  return {
    MessageHistoryLimiter: transformed(new transforms.MessageHistoryLimiter({ maxMessages: 100 })),
    MessageTokenLimiter: transformed(
      new transforms.MessageTokenLimiter({ maxTokens: 3000, maxTokensPerMessage: 500, model: "gpt-4o" }),
    ),
    ToolResultLimiter: transformed(new transforms.ToolResultLimiter({ maxTokens: 20, model: "gpt-4o" })),
    TextMessageContentName: transformed(new transforms.TextMessageContentName()),
    "ContextGuard, nothing to do": async () => {
      const guard = new transforms.ContextGuard({ window: 10_000_000 });
      return (messages) => guard.fit({ messages }, scope);
    },
    "ContextGuard, trimming": async () => {
      const guard = new transforms.ContextGuard({ window: 4000 });
      return (messages) => guard.fit({ messages }, scope);
    },
  };
}

/** Processor time of the first turn, and the shortest of some more, each with one message more. */
async function measured(length, make) {
  const work = await make();
  const messages = history(length + ROUNDS + 1);
  await work(history(10)); // loads what is loaded once
  const first = await milliseconds(() => work(messages.slice(0, length)));
  let further = Number.POSITIVE_INFINITY;
  for (let round = 1; round <= ROUNDS; round += 1) {
    const seen = messages.slice(0, length + round);
    further = Math.min(further, await milliseconds(() => work(seen)));
  }
  return { first, further };
}

async function milliseconds(work) {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/** Talk, and every tenth time a call with its answer; frozen, as stored messages are. */
function history(length) {
  return Array.from({ length }, (_, index) => {
    const text = `Message number ${index}: what has been done so far, and what is to be done next, in a few plain words.`;
    if (index % 10 === 8) {
      const call = Object.freeze({
        id: `c${index}`,
        type: "function",
        function: Object.freeze({ name: "look", arguments: "{}" }),
      });
      return Object.freeze({ role: "assistant", content: null, tool_calls: Object.freeze([call]) });
    }
    if (index % 10 === 9) return Object.freeze({ role: "tool", tool_call_id: `c${index - 1}`, content: text });
    return Object.freeze({ role: index % 2 === 0 ? "user" : "assistant", name: index % 2 === 0 ? "user" : "bot", content: text });
  });
}
