/**
 * Observers see what the whole program does, whoever starts its runs: a logger that is started in one place has to learn
 * of agents that are made in another. Decision record 0015.
 */
import type { Message, Reply } from "../message/index.js";
import type { EffectLayer, ModelResponse } from "./effects.js";
import type { Subscriber } from "./events.js";

/** Whatever has a name: an agent, mostly. */
export interface Named {
  readonly name: string;
}

/** An agent was made. Options are as given, secrets included. */
export interface AgentMade {
  readonly agent: Named;
  /** Its model; null when it has none. */
  readonly wrapper: object | null;
  readonly options: object;
}

/** A model wrapper was made. The config is as given, secrets included. */
export interface WrapperMade {
  readonly wrapper: object;
  readonly config: unknown;
}

/** A message stands in the history of `agent`. */
export interface MessageReceived {
  readonly agent: Named;
  readonly sender: Named;
  readonly message: Message;
  readonly path: string;
}

/** A reply function was tried. */
export interface ReplyTried {
  readonly agent: Named;
  readonly replyFunction: { readonly name: string };
  readonly final: boolean;
  readonly reply: Reply | null;
  readonly path: string;
}

/** A tool has run, and gave what the model is told. */
export interface ToolUsed {
  readonly agent: Named;
  readonly tool: string;
  /** As the handler got them. */
  readonly args: unknown;
  readonly returned: string;
  readonly path: string;
}

/** One entry of a config list is asked. */
export interface ModelCall {
  /** Equal for all entries that one call tries, and for nothing else. */
  readonly call: object;
  readonly wrapper: object;
  /** Who asks, as the call was told: an agent, a name, or null. */
  readonly asker: unknown;
  /** The name that events carry. */
  readonly agent: string;
  /** Index of the entry in the list. */
  readonly config: number;
  /** The entry as given, secrets included. */
  readonly entry: object;
  /** What is asked, in wire form. */
  readonly params: Readonly<Record<string, unknown>>;
  readonly path: string;
}

/** What came of it. */
export interface ModelCallEnd {
  /** Null when it was never made. */
  readonly client: object | null;
  readonly outcome:
    | { readonly response: ModelResponse & { readonly cost: number | null; readonly cached: boolean } }
    | { readonly error: unknown };
}

/** What an observer adds to a run. */
export interface Joining {
  readonly onEvent?: Subscriber;
  /** Outside of all others. */
  readonly layers?: readonly EffectLayer[];
}

/** Sees the whole program. All methods are called synchronously; what they throw goes to `failed` and nowhere else. */
export interface Observer {
  /** A run that nobody else started is about to start. */
  joinRun?(): Joining | undefined;
  agentMade?(made: AgentMade): void;
  wrapperMade?(made: WrapperMade): void;
  messageReceived?(received: MessageReceived): void;
  replyTried?(tried: ReplyTried): void;
  toolUsed?(used: ToolUsed): void;
  /** @returns what is called with the end of the call, once */
  modelAsked?(call: ModelCall): ((end: ModelCallEnd) => void) | undefined;
  /** One of the above threw. */
  failed?(error: unknown): void;
}

/** Registered for all copies of this library in the program, since a program may load two (`autogen-ts` and `autogen-ts/core`). */
const SLOT = Symbol.for("autogen-ts.observers");

interface Slot {
  [SLOT]?: readonly Observer[];
}

const NONE: readonly Observer[] = [];

/** Those that observe now. */
export const observers = (): readonly Observer[] => (globalThis as Slot)[SLOT] ?? NONE;

/** Lets an observer see the whole program from now on. @returns what ends the observation */
export function observe(observer: Observer): () => void {
  const slot = globalThis as Slot;
  slot[SLOT] = [...observers(), observer];
  return () => {
    slot[SLOT] = observers().filter((one) => one !== observer);
  };
}

/** Calls one method of each; costs nothing when there is none. */
export function tell(say: (observer: Observer) => void): void {
  for (const observer of observers()) {
    try {
      say(observer);
    } catch (error) {
      observer.failed?.(error);
    }
  }
}

/** What the observers add to a run that starts now. */
export function joinings(): readonly Joining[] {
  const found: Joining[] = [];
  tell((observer) => {
    const joining = observer.joinRun?.();
    if (joining !== undefined) found.push(joining);
  });
  return found;
}
