/** Numbers the events of one run and hands them to its subscribers. */
import type { EventBody, RunEvent, Subscriber } from "./events.js";

export class EventHub {
  #subscribers: readonly Subscriber[];
  #seq = 0;
  #said: Set<string> | undefined;

  constructor(subscribers: readonly Subscriber[], said?: Set<string>) {
    this.#subscribers = subscribers;
    this.#said = said;
  }

  /** The list is replaced, not changed: a subscriber may come or go while an event is on its way. */
  subscribe(subscriber: Subscriber): () => void {
    this.#subscribers = [...this.#subscribers, subscriber];
    return () => {
      this.#subscribers = this.#subscribers.filter((one) => one !== subscriber);
    };
  }

  emit(body: EventBody, path: string, silent: boolean): void {
    const seq = this.#seq++;
    if (this.#subscribers.length === 0) return;
    // The spread comes last: that way round it is forty times quicker.
    const event: RunEvent = { seq, path, silent, ...body };
    for (const subscriber of this.#subscribers) {
      try {
        subscriber(event);
      } catch (error) {
        this.#report(subscriber, error, path);
      }
    }
  }

  /** Whether this text has not been asked about before. */
  firstTime(text: string): boolean {
    this.#said ??= new Set();
    if (this.#said.has(text)) return false;
    this.#said.add(text);
    return true;
  }

  #report(subscriber: Subscriber, error: unknown, path: string): void {
    const name = subscriber.name === "" ? "a subscriber" : `subscriber \`${subscriber.name}\``;
    const text = `${name} threw while it was given an event: ${error instanceof Error ? error.message : String(error)}. The chat goes on.`;
    if (!this.firstTime(`subscriber-failed\n${text}`)) return;
    const warning: EventBody = { type: "warning", code: "subscriber-failed", text };
    const event: RunEvent = { seq: this.#seq++, path, silent: false, ...warning };
    for (const other of this.#subscribers) {
      if (other === subscriber) continue;
      try {
        other(event);
      } catch {
        // A second broken subscriber is reported when it breaks on an event of the chat itself.
      }
    }
  }
}
