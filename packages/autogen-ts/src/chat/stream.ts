/** A chat as an async iterable of its events (D10-19). */
import { type RunEvent, throwIfAborted } from "../run/index.js";
import type { Agent, ChatAgent } from "./agent.js";
import { initiateChat, type ChatOptions } from "./initiate.js";
import type { ChatResult } from "./result.js";

/**
 * Yields the events of the chat as they happen and returns its result. Leaving the loop early aborts the chat.
 * For a reader that is slower than the chat, neighbouring `llm.delta` events of one agent are merged.
 */
export async function* streamChat(
  sender: ChatAgent,
  recipient: Agent,
  options: ChatOptions = {},
): AsyncGenerator<RunEvent, ChatResult> {
  const leaving = new AbortController();
  const signal = options.signal === undefined ? leaving.signal : AbortSignal.any([options.signal, leaving.signal]);
  throwIfAborted(signal);
  const queue: RunEvent[] = [];
  let wake: () => void = () => undefined;
  const onEvent = (event: RunEvent): void => {
    // First, for the other reader may throw; the loop goes on after both.
    enqueue(queue, event);
    wake();
    options.onEvent?.(event);
  };
  let ended = false;
  const chat = initiateChat(sender, recipient, { ...options, signal, onEvent }).finally(() => {
    ended = true;
    wake();
  });
  // Awaited below, or after the reader has left; until then nobody may see an unhandled rejection.
  chat.catch(() => undefined);
  try {
    for (;;) {
      const event = queue.shift();
      if (event !== undefined) yield event;
      else if (ended) return await chat;
      else await new Promise<void>((resolve) => (wake = resolve));
    }
  } finally {
    if (!ended) {
      leaving.abort(new Error("The reader of the chat's events has left."));
      await chat.catch(() => undefined);
    }
  }
}

function enqueue(queue: RunEvent[], event: RunEvent): void {
  const last = queue.at(-1);
  if (event.type === "llm.delta" && last?.type === "llm.delta" && last.agent === event.agent && last.path === event.path) {
    queue[queue.length - 1] = { ...event, text: last.text + event.text };
    return;
  }
  queue.push(event);
}
