/** Whether a chat can go on with an answer of this side. */
import { toolCallsOf, functionCallOf, type Message } from "../message/index.js";
import { AutogenError } from "../run/index.js";
import type { ChatAgent } from "./agent.js";

/** @throws AutogenError `invalid-option` when there is nothing to answer, or the other side has to */
export function checkResumable(
  sender: ChatAgent,
  recipient: ChatAgent,
  { message, clearHistory = false }: { readonly message?: unknown; readonly clearHistory?: boolean },
): void {
  const fail = (why: string): never => {
    throw new AutogenError(
      "invalid-option",
      `The chat of \`${sender.name}\` with \`${recipient.name}\` cannot be resumed: ${why}`,
    );
  };
  if (message != null)
    fail("a first message was given. Leave `message` out, or leave `resume` out and pass `clearHistory: false`.");
  if (clearHistory) fail("`clearHistory` would forget it. Leave it out.");
  const last = sender.historyWith(recipient).at(-1);
  if (last === undefined) fail("they have not said anything yet. Use `initiateChat`.");
  else if (isOwn(last, sender, recipient)) {
    fail(`\`${sender.name}\` said the last message itself. Let \`${recipient.name}\` resume: it has to answer.`);
  }
}

/**
 * Who goes on with a chat that was broken off: the side that something waits for, else the one that did not say the last message.
 * A group waits for the one who runs the tool and is waited for itself; it goes on where it stopped.
 *
 * @throws AutogenError `invalid-option` when nothing was said
 */
export function whoAnswers(sender: ChatAgent, recipient: ChatAgent): ChatAgent {
  const last = sender.historyWith(recipient).at(-1) ?? recipient.historyWith(sender).at(-1);
  if (last === undefined) {
    throw new AutogenError(
      "invalid-option",
      `The chat of \`${sender.name}\` with \`${recipient.name}\` cannot be resumed: they have not said anything yet. Leave \`resume\` out.`,
    );
  }
  if (recipient.isPausedFor?.(sender) === true) return recipient;
  if (sender.isPausedFor?.(recipient) === true) return sender;
  return isOwn(last, sender, recipient) ? recipient : sender;
}

/** Messages with calls have no speaker; whoever can run them is not the one who made them. */
function isOwn(last: Message, sender: ChatAgent, recipient: ChatAgent): boolean {
  if (last.name === sender.name && last.role !== "function") return true;
  const names = [...toolCallsOf(last), { function: functionCallOf(last) }].flatMap(({ function: called }) => called?.name ?? []);
  return names.length > 0 && !canRun(sender, names) && canRun(recipient, names);
}

interface Runner {
  canExecuteFunction(names: readonly string[]): boolean;
}

function canRun(agent: ChatAgent, names: readonly string[]): boolean {
  return "canExecuteFunction" in agent && (agent as unknown as Runner).canExecuteFunction(names);
}
