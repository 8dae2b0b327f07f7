/** What a WebSocket client reads and answers, in the two protocols of chapter 15: section 4, and D15-2. */
import { abortError } from "../../../run/index.js";
import { printedText, questionStream, type IOStream } from "../../../io/index.js";
import { withTimeLimit } from "./time-limit.js";
import { Turns } from "./turns.js";
import type { WebsocketConnection } from "./websocket-connection.js";

/** The stream of one client. */
export interface WebsocketStream extends IOStream {
  /** Fires when the client is gone, or the server ends: give it to chats. */
  readonly signal: AbortSignal;
  /** Resolves when the client has been sent all that was printed: for callbacks that print much. */
  drained(): Promise<void>;
}

export interface StreamSettings {
  readonly protocol: "text" | "json";
  readonly color: boolean;
  /** Whether events are sent as frames; only by the protocol `json`. */
  readonly events: boolean;
  readonly inputTimeoutMs: number | undefined;
}

/** A stream and what its protocol says at the end. */
export interface ClientStream {
  readonly stream: WebsocketStream;
  end(ok: boolean): void;
}

/** A client may answer before it is asked, but not without limit. */
const MAX_UNREAD_FRAMES = 1000;
const MAX_UNREAD_CHARACTERS = 2 ** 24;
/** Close code of RFC 6455, section 7.4.1. */
const POLICY_VIOLATION = 1008;

export function clientStream(connection: WebsocketConnection, settings: StreamSettings): ClientStream {
  return settings.protocol === "json" ? jsonStream(connection, settings) : textStream(connection, settings);
}

/** Frames are bare text: one for each `print`, one for a prompt, one for an answer. */
function textStream(connection: WebsocketConnection, { color, inputTimeoutMs }: StreamSettings): ClientStream {
  const turns = new Turns();
  const unread: string[] = [];
  let unreadCharacters = 0;
  let take: ((text: string) => void) | null = null;
  connection.onText((text) => {
    if (take !== null) {
      take(text);
      take = null;
      return;
    }
    unreadCharacters += text.length;
    if (unread.push(text) <= MAX_UNREAD_FRAMES && unreadCharacters <= MAX_UNREAD_CHARACTERS) return;
    connection.close(POLICY_VIOLATION, "too much that nobody asked for");
  });

  async function next(signal: AbortSignal | undefined): Promise<string> {
    const ready = unread.shift();
    if (ready !== undefined) {
      unreadCharacters -= ready.length;
      return ready;
    }
    let forget: () => void = () => undefined;
    try {
      return await new Promise<string>((resolve, reject) => {
        const onClosed = (): void => reject(connection.closed ?? abortError(connection.signal));
        const onAbort = (): void => {
          if (signal !== undefined) reject(abortError(signal));
        };
        if (connection.closed !== null) return onClosed();
        take = resolve;
        connection.signal.addEventListener("abort", onClosed, { once: true });
        signal?.addEventListener("abort", onAbort, { once: true });
        forget = () => {
          take = null;
          connection.signal.removeEventListener("abort", onClosed);
          signal?.removeEventListener("abort", onAbort);
        };
      });
    } finally {
      forget();
    }
  }

  const stream: WebsocketStream = {
    supportsColor: color,
    signal: connection.signal,
    drained: () => connection.drained(),
    print(objects, options) {
      connection.send(printedText(objects, options));
    },
    async input(prompt = "", { signal, timeoutMs = inputTimeoutMs } = {}) {
      return await withTimeLimit(prompt, { signal, timeoutMs }, (limit) =>
        turns.take(limit, async () => {
          if (prompt !== "") connection.send(prompt);
          return await next(limit);
        }),
      );
    },
  };
  return { stream, end: () => undefined };
}

/** Frames are JSON objects with a `type`; questions have ids, so that several may wait. */
function jsonStream(connection: WebsocketConnection, { color, events, inputTimeoutMs }: StreamSettings): ClientStream {
  const send = (frame: ServerFrame): void => connection.send(JSON.stringify(frame));
  const questions = questionStream({
    onQuestion: ({ id, prompt, password, agent }) => send({ type: "input-request", id, prompt, password, agent }),
    onSettled: ({ id }, answered) => {
      if (!answered && connection.closed === null) send({ type: "input-cancel", id });
    },
    print: (text) => send({ type: "print", text }),
    event: (event) => {
      if (events) send({ type: "event", event });
    },
  });
  connection.onText((text) => {
    const frame = parseFrame(text);
    if (frame?.type === "input" && typeof frame.id === "string" && typeof frame.text === "string") {
      questions.answer(frame.id, frame.text);
    }
  });
  connection.signal.addEventListener("abort", () => questions.close("the client has left"), { once: true });

  const stream: WebsocketStream = {
    supportsColor: color,
    signal: connection.signal,
    drained: () => connection.drained(),
    print: (objects, options) => questions.print(objects, options),
    event: (event) => questions.event?.(event),
    async input(prompt = "", { signal, timeoutMs = inputTimeoutMs, ...options } = {}) {
      return await withTimeLimit(prompt, { signal, timeoutMs }, (limit) =>
        questions.input(prompt, { ...options, ...(limit === undefined ? {} : { signal: limit }) }),
      );
    },
  };
  return { stream, end: (ok) => send({ type: "end", ok }) };
}

/** What the server sends by the protocol `json`. The client sends `{ type: "input", id, text }`. */
type ServerFrame =
  | { readonly type: "print"; readonly text: string }
  | {
      readonly type: "input-request";
      readonly id: string;
      readonly prompt: string;
      readonly password: boolean;
      readonly agent: string | null;
    }
  /** The question with this id needs no answer any more. */
  | { readonly type: "input-cancel"; readonly id: string }
  | { readonly type: "event"; readonly event: unknown }
  /** The last one; `ok: false` when the callback failed. */
  | { readonly type: "end"; readonly ok: boolean };

/** null for whatever is no JSON object: clients may send anything. */
function parseFrame(text: string): { readonly type?: unknown; readonly id?: unknown; readonly text?: unknown } | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" ? value : null;
  } catch {
    return null;
  }
}
