/**
 * A Run belongs to one top-level call and carries what all its parts share: cancellation, events, effects,
 * usage. It is passed explicitly, so nested and parallel chats cannot disturb each other.
 * Design: architecture, section 4.
 */
import { AbortRelay } from "./abort-relay.js";
import type { Effect, EffectKind, EffectLayer, EffectTable, Execute, Perform } from "./effects.js";
import { abortError, isAutogenError, throwIfAborted } from "./errors.js";
import { EventHub } from "./event-hub.js";
import type { EventBody, Subscriber } from "./events.js";
import type { Host } from "./host.js";
import { UsageLedger } from "./usage.js";

/** What a top-level run is made of. */
export interface RunOptions {
  readonly host: Host;
  /** Aborting it rejects whatever is under way in the run and its children. */
  readonly signal?: AbortSignal;
  /** Messages of a silent run are not printed. @default false */
  readonly silent?: boolean;
  /** The outermost first. @default [] */
  readonly layers?: readonly EffectLayer[];
  /** @default [] */
  readonly subscribers?: readonly Subscriber[];
  /** First segment of all paths and effect keys. @default "run" */
  readonly path?: string;
  /** Texts of warnings that were given; runs that share the set give each of them once. @default a set of this run */
  readonly warned?: Set<string>;
  /** How `join` works: engines that cannot interleave steps need one after another. @default "parallel" */
  readonly joining?: "parallel" | "sequential";
}

/**
 * What holds for a run and its parts, unless a part has its own. Folders that need something declare it here by
 * merging; a chat's settings live here and not on its agents, which may be in other chats at the same time.
 */
export interface RunContext {
  // Nothing of its own; a linter would take an empty interface for a mistake.
  readonly [entry: symbol]: never;
}

/** What a part of a run may have of its own. */
export interface ChildOptions {
  /** Replaces single entries of the parent's. */
  readonly context?: Partial<RunContext>;
  readonly silent?: boolean;
  /** Aborts this part only; the parent's signal aborts it too. */
  readonly signal?: AbortSignal;
  /** Further layers inside those of the parent. */
  readonly layers?: readonly EffectLayer[];
}

/** One top-level call with all its parts: cancellation, events, effects, usage. */
export interface Run {
  /** For example `run/chat-0/nested-1`. */
  readonly path: string;
  /** Fires when the run is aborted; one that never fires when nothing can abort it. */
  readonly signal: AbortSignal;
  readonly silent: boolean;
  readonly host: Host;
  readonly context: Partial<RunContext>;
  /** What this run and its children have used of models. */
  readonly usage: UsageLedger;
  /** @throws AutogenError `aborted` */
  throwIfAborted(): void;
  /** Tells the subscribers, synchronously. `silent` of the event is that of the run unless given. */
  emit(event: EventBody, options?: { readonly silent?: boolean }): void;
  /** A warning event, once per code and text in a whole run. */
  warn(code: string, text: string): void;
  /** Adds a subscriber to the whole run; the returned function removes it. */
  subscribe(subscriber: Subscriber): () => void;
  /** The one way to touch the world. The key is assigned before anything is awaited. */
  perform<K extends EffectKind>(
    kind: K,
    target: string,
    input: EffectTable[K]["input"],
    execute: Execute<K>,
  ): Promise<EffectTable[K]["output"]>;
  /** Runs tasks side by side (or one by one, see `joining`); results keep their order. The first failure rejects. */
  join<T>(tasks: readonly (() => Promise<T>)[]): Promise<T[]>;
  /** A numbered part of this run: `child("chat")` of `run` has the path `run/chat-0`, the next one `run/chat-1`. */
  child(segment: string, options?: ChildOptions): Run;
}

/** Starts a top-level run. */
export function createRun(options: RunOptions): Run {
  return new RunNode(null, {
    path: options.path ?? "run",
    silent: options.silent ?? false,
    layers: options.layers ?? [],
    context: {},
    shared: {
      host: options.host,
      hub: new EventHub(options.subscribers ?? [], options.warned),
      signal: options.signal,
      joining: options.joining ?? "parallel",
      relay: new AbortRelay(),
    },
  });
}

interface Shared {
  readonly host: Host;
  readonly hub: EventHub;
  readonly joining: "parallel" | "sequential";
  /** One listener on the signal, however many effects are under way. */
  readonly relay: AbortRelay;
  /** Absent when nothing can abort the run: making one takes longer than all else that a short chat does. */
  readonly signal: AbortSignal | undefined;
}

interface NodeOptions {
  readonly path: string;
  readonly silent: boolean;
  readonly layers: readonly EffectLayer[];
  readonly context: Partial<RunContext>;
  readonly shared: Shared;
}

class RunNode implements Run {
  readonly path: string;
  readonly silent: boolean;
  readonly context: Partial<RunContext>;
  readonly #parent: RunNode | null;
  readonly #layers: readonly EffectLayer[];
  readonly #shared: Shared;
  #counters: Map<string, number> | undefined;
  #pipeline: Perform | undefined;
  #usage: UsageLedger | undefined;
  #neverFires: AbortSignal | undefined;

  constructor(parent: RunNode | null, { path, silent, layers, context, shared }: NodeOptions) {
    this.#parent = parent;
    this.path = path;
    this.silent = silent;
    this.#layers = layers;
    this.context = context;
    this.#shared = shared;
  }

  get host(): Host {
    return this.#shared.host;
  }

  get signal(): AbortSignal {
    return this.#shared.signal ?? (this.#neverFires ??= new AbortController().signal);
  }

  get usage(): UsageLedger {
    return (this.#usage ??= new UsageLedger());
  }

  throwIfAborted(): void {
    if (this.#shared.signal !== undefined) throwIfAborted(this.#shared.signal);
  }

  /** For layers. */
  now(): number {
    return this.#shared.host.now();
  }

  emit(event: EventBody, { silent = this.silent }: { readonly silent?: boolean } = {}): void {
    if (event.type === "llm.end") {
      for (let node: RunNode | null = this; node !== null; node = node.#parent) {
        if (event.usage === null) node.usage.addCall();
        else node.usage.add(event.agent, event.model, event.usage, event.cached);
      }
    }
    this.#shared.hub.emit(event, this.path, silent);
  }

  warn(code: string, text: string): void {
    if (this.#shared.hub.firstTime(`${code}\n${text}`)) this.emit({ type: "warning", code, text });
  }

  subscribe(subscriber: Subscriber): () => void {
    return this.#shared.hub.subscribe(subscriber);
  }

  perform<K extends EffectKind>(
    kind: K,
    target: string,
    input: EffectTable[K]["input"],
    execute: Execute<K>,
  ): Promise<EffectTable[K]["output"]> {
    const name = `${kind}:${target}`;
    const effect: Effect<K> = { kind, target, input, key: `${this.path}/${name}#${this.#next(name)}` };
    const signal = this.#shared.signal;
    if (signal?.aborted === true) return Promise.reject(abortError(signal));
    this.#pipeline ??= this.#layers.reduceRight<Perform>((next, layer) => layer(next, this), this.#live);
    return this.#pipeline(effect, execute);
  }

  async join<T>(tasks: readonly (() => Promise<T>)[]): Promise<T[]> {
    if (this.#shared.joining === "parallel") return await Promise.all(tasks.map((task) => task()));
    const results: T[] = [];
    for (const task of tasks) results.push(await task());
    return results;
  }

  child(segment: string, { silent = this.silent, layers = [], signal, context }: ChildOptions = {}): Run {
    return new RunNode(this, {
      path: `${this.path}/${segment}-${this.#next(segment)}`,
      silent,
      layers: layers.length === 0 ? this.#layers : [...this.#layers, ...layers],
      context: context === undefined ? this.context : { ...this.context, ...context },
      shared: signal === undefined ? this.#shared : { ...this.#shared, signal: eitherOf(this.#shared.signal, signal) },
    });
  }

  readonly #live: Perform = async (effect, execute) => {
    const { signal, relay } = this.#shared;
    if (signal === undefined) return await execute({});
    try {
      // Executors answer an abort themselves, after everything that the code started is gone.
      const output = effect.kind === "code" ? await execute({ signal }) : await orAbort(execute({ signal }), signal, relay);
      if (signal.aborted) throw abortError(signal);
      return output;
    } catch (error) {
      throw asAbort(error, signal);
    }
  };

  #next(name: string): number {
    this.#counters ??= new Map();
    const number = this.#counters.get(name) ?? 0;
    this.#counters.set(name, number + 1);
    return number;
  }
}

/** Whatever was thrown because of `signal` becomes the one abort error; other errors stay as they are. */
export function asAbort(error: unknown, signal: AbortSignal): unknown {
  return signal.aborted && !isAutogenError(error, "aborted") ? abortError(signal) : error;
}

const eitherOf = (a: AbortSignal | undefined, b: AbortSignal): AbortSignal => (a === undefined ? b : AbortSignal.any([a, b]));

/** Does not wait for work that ignores the signal. */
async function orAbort<T>(work: Promise<T>, signal: AbortSignal, relay: AbortRelay): Promise<T> {
  let unfollow: () => void = () => undefined;
  const aborted = new Promise<never>((_, reject) => {
    unfollow = relay.follow(signal, () => reject(abortError(signal)));
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    unfollow();
  }
}
