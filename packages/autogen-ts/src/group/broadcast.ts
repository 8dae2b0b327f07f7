/** Handing a message on to the participants. Each keeps it in its history with the manager. */
import { contentText, normalise, type Message, type MessageDraft, type Views } from "../message/index.js";
import { AutogenError, type Run } from "../run/index.js";
import { isLoopAgent, sendThroughDoor, type Agent, type LoopAgent } from "../chat/index.js";
import type { Group } from "./contract.js";

/** A message and those who get it. */
export interface Broadcast {
  readonly manager: LoopAgent;
  readonly group: Group;
  readonly message: string | Message;
  readonly to: readonly Agent[];
}

/**
 * Stores the message with everybody. All share one copy of it, unless hooks of the manager change it for some, so the
 * memory of a round does not depend on the length of texts and little on the number of participants.
 */
export async function broadcast({ manager, group, message, to }: Broadcast, run: Run): Promise<void> {
  const shared = new SharedViews(message, manager.name);
  for (const agent of to) {
    const draft = group.multimodal === false || group.readsParts(agent) ? message : shared.text;
    if (!isLoopAgent(agent) || !agent.driven || !manager.driven) {
      await sendThroughDoor(manager, agent, draft, false, run);
      continue;
    }
    const outgoing = await manager.prepareMessage({ draft, recipient: agent, silent: true });
    run.throwIfAborted(); // hooks may take their time
    const { sent, received } = shared.of(outgoing);
    manager.store(sent, agent);
    agent.store(received, manager);
  }
}

/** Normalises each different message once. */
class SharedViews {
  readonly #message: string | Message;
  readonly #sender: string;
  readonly #made = new Map<string | MessageDraft, Views>();
  #text: string | Message | undefined;

  constructor(message: string | Message, sender: string) {
    this.#message = message;
    this.#sender = sender;
  }

  /** The message for those who only read text. */
  get text(): string | Message {
    return (this.#text ??= asText(this.#message));
  }

  of(draft: string | MessageDraft): Views {
    const made = this.#made.get(draft);
    if (made !== undefined) return made;
    const views = normalise(draft, this.#sender);
    if (typeof views === "string") {
      throw new AutogenError(
        "invalid-message",
        `A hook of \`${this.#sender}\` made something of a message that is none: ${views}. Look at \`processMessageBeforeSend\`.`,
      );
    }
    this.#made.set(draft, views);
    return views;
  }
}

function asText(message: string | Message): string | Message {
  if (typeof message === "string" || !Array.isArray(message.content)) return message;
  return { ...message, content: contentText(message.content) };
}
