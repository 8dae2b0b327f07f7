/**
 * The spans of one run, and which is a part of which. Chats and turns are known by events; what touches the world is known by
 * effects, which are active in the context while they last.
 */
import type { Attributes, Context, Span, SpanKind, Tracer } from "@opentelemetry/api";
import type { RunEvent } from "../../core.js";
import type { OtelApi } from "./load-api.js";
import type { Failure } from "./failure.js";
import { NAMES } from "./names.js";

/** A span that has not ended. */
export interface OpenSpan {
  readonly span: Span;
  /** In which it is active. */
  readonly context: Context;
  /** Of the part of the run that it belongs to. */
  readonly path: string;
  readonly kind: "chat" | "turn" | "effect";
  /** Whose turn it is, or who asks; null where nobody is known. */
  readonly agent: string | null;
  /** Milliseconds since 1970; of the first piece of a streamed answer. */
  firstPiece?: number;
}

/** How a span begins. */
export interface SpanStart {
  readonly name: string;
  readonly kind: OpenSpan["kind"];
  readonly agent: string | null;
  readonly attributes: Attributes;
  readonly spanKind?: SpanKind;
  readonly startTime?: number;
}

/** An agent whose turn it is: it has a span once it does something. */
interface PendingTurn {
  readonly agent: string;
  readonly startTime: number;
}

export class RunSpans {
  readonly #api: OtelApi;
  readonly #tracer: Tracer;
  readonly #conversation: string;
  /** What the run was started in. */
  readonly #outside: Context;
  readonly #open = new Map<string, OpenSpan[]>();
  readonly #pending = new Map<string, PendingTurn>();
  readonly #own = new WeakMap<Span, OpenSpan>();
  /** What was thrown in each part of the run since its last message. */
  readonly #failures = new Map<string, Failure>();

  constructor(api: OtelApi, tracer: Tracer, conversation: string) {
    this.#api = api;
    this.#tracer = tracer;
    this.#conversation = conversation;
    this.#outside = api.context.active();
  }

  onEvent(event: RunEvent): void {
    const { path } = event;
    switch (event.type) {
      case "chat.start":
        this.#beginWorkflow(path, `${event.from} → ${event.to}`);
        break;
      case "chats.start":
        this.#beginWorkflow(path, "chats");
        break;
      case "chat.end":
        this.#endWorkflow(path, { [NAMES.stopReason]: event.stopReason }, event.stopReason);
        break;
      case "chats.end":
        this.#endWorkflow(path, {}, event.failed > 0 ? "error" : "");
        break;
      case "message.received":
        this.#endTurns(path);
        // A message to a group is no turn of its manager, which is having one all the time.
        if (!isGroup(path)) this.#pending.set(path, { agent: event.to, startTime: Date.now() });
        break;
      case "speaker.selected":
        this.#endTurns(path);
        this.#pending.set(path, { agent: event.agent, startTime: Date.now() });
        break;
      case "llm.delta": {
        const asking = this.#open.get(path)?.findLast(({ kind, agent }) => kind === "effect" && agent === event.agent);
        if (asking !== undefined) asking.firstPiece ??= Date.now();
        break;
      }
      default:
    }
  }

  /** Begins a span below whatever it is a part of. */
  begin(path: string, { name, kind, agent, attributes, spanKind, startTime }: SpanStart): OpenSpan {
    const parent = this.#parentOf(path);
    const around = parent === null ? this.#outside : this.#api.trace.setSpan(this.#api.context.active(), parent.span);
    const all: Attributes = { ...attributes, [NAMES.conversation]: this.#conversation };
    const whose = agent ?? parent?.agent ?? null;
    if (kind !== "chat" && whose !== null) all[NAMES.agent] = whose;
    const span = this.#tracer.startSpan(
      name,
      { kind: spanKind ?? this.#api.SpanKind.INTERNAL, attributes: all, ...(startTime === undefined ? {} : { startTime }) },
      around,
    );
    const open: OpenSpan = { span, context: this.#api.trace.setSpan(around, span), path, kind, agent: whose };
    this.#own.set(span, open);
    const others = this.#open.get(path);
    if (others === undefined) this.#open.set(path, [open]);
    else others.push(open);
    return open;
  }

  end(open: OpenSpan): void {
    const others = this.#open.get(open.path) ?? [];
    const rest = others.filter((one) => one !== open);
    if (rest.length === 0) this.#open.delete(open.path);
    else this.#open.set(open.path, rest);
    open.span.end();
  }

  /** @param thrown whether it may be what ends the chat, as opposed to what a model is told */
  fail({ span, path }: OpenSpan, failure: Failure, thrown = true): void {
    if (thrown) this.#failures.set(path, failure);
    span.setAttribute(NAMES.errorType, failure.type);
    span.setStatus({ code: this.#api.SpanStatusCode.ERROR, message: failure.message });
  }

  #beginWorkflow(path: string, workflow: string): void {
    const attributes = { [NAMES.operation]: "invoke_workflow", [NAMES.workflow]: workflow };
    this.begin(path, { name: `invoke_workflow ${workflow}`, kind: "chat", agent: null, attributes });
  }

  /** With all inside of it: a chat that fails leaves turns behind. */
  #endWorkflow(path: string, attributes: Attributes, stopReason: string): void {
    const inside = [...this.#open.keys()].filter((one) => isWithin(one, path));
    const failure = stopReason === "aborted" ? ABORTED : stopReason === "error" ? this.#failureIn(path) : null;
    for (const key of inside.toSorted((a, b) => b.length - a.length)) {
      for (const open of (this.#open.get(key) ?? []).toReversed()) {
        if (open.kind === "effect") continue; // ends by itself
        if (key === path && open.kind === "chat") open.span.setAttributes(attributes);
        if (failure !== null) this.fail(open, failure);
        this.end(open);
      }
    }
    for (const key of this.#pending.keys()) if (isWithin(key, path)) this.#pending.delete(key);
  }

  #failureIn(path: string): Failure {
    const thrown = [...this.#failures].filter(([key]) => isWithin(key, path));
    return thrown.at(-1)?.[1] ?? UNKNOWN;
  }

  /** Whatever went wrong inside has been dealt with. */
  #endTurns(path: string): void {
    this.#pending.delete(path);
    for (const key of this.#failures.keys()) if (isWithin(key, path)) this.#failures.delete(key);
    for (const open of this.#open.get(path) ?? []) if (open.kind === "turn") this.end(open);
  }

  /**
   * The nearest open span by the path, where a pending turn begins now. Of several at one place, such as tools that run side by
   * side, it is the one that is active.
   */
  #parentOf(path: string): OpenSpan | null {
    const byPath = this.#nearest(path);
    const activeSpan = this.#api.trace.getSpan(this.#api.context.active());
    const active = activeSpan === undefined ? undefined : this.#own.get(activeSpan);
    if (active === undefined || !isWithin(path, active.path)) return byPath;
    return byPath !== null && byPath.path.length > active.path.length ? byPath : active;
  }

  #nearest(path: string): OpenSpan | null {
    for (let at = path; at !== ""; at = at.slice(0, Math.max(0, at.lastIndexOf("/")))) {
      const turn = this.#pending.get(at);
      if (turn !== undefined) {
        this.#pending.delete(at);
        const attributes = { [NAMES.operation]: "invoke_agent" };
        return this.begin(at, { name: `invoke_agent ${turn.agent}`, kind: "turn", ...turn, attributes });
      }
      // Effects at one place are side by side. Without the context of the platform, what is deeper belongs to the last of them.
      const open = this.#open.get(at)?.findLast(({ kind }) => kind !== "effect" || at !== path);
      if (open !== undefined) return open;
    }
    return null;
  }
}

const ABORTED: Failure = { type: "aborted", message: "The run was aborted." };
const UNKNOWN: Failure = { type: "_OTHER", message: "" };

const isGroup = (path: string): boolean => /\/group-\d+$/u.test(path);

const isWithin = (path: string, around: string): boolean => path === around || path.startsWith(`${around}/`);
