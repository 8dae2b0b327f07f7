/**
 * The link to a server over its whole life: opened once, opened again when the server ended, closed once. What goes
 * wrong comes out as errors with a sentence that a model can act on.
 */
import type { Client, RequestOptions } from "@modelcontextprotocol/client";
import { AutogenError, abortError, isAutogenError } from "../../core.js";
import { cleanText } from "./clean-text.js";
import type { ResolvedSettings } from "./options.js";
import { loadClient, type ClientPackage } from "./packages.js";
import { masked } from "./secrets.js";
import { adviceOn, openSession, reasonOf, type Session, type SessionHandlers } from "./session.js";
import { unlessAborted } from "./unless-aborted.js";

/** What a link tells, and what it does with a new session before it is used. */
export interface LinkHandlers extends SessionHandlers {
  /** Reads the server's lists. A session for which it fails is not used. */
  readonly welcome: (client: Client, request: RequestOptions) => Promise<void>;
  readonly onRestart: (why: string) => void;
}

/** How a request is made. */
export interface RequestContext {
  /** What is asked for, in words: for errors. */
  readonly what: string;
  readonly signal?: AbortSignal | undefined;
}

const REASON_CHARACTERS = 1000;

export class Link {
  readonly #settings: ResolvedSettings;
  readonly #handlers: LinkHandlers;
  #package: ClientPackage | undefined;
  #session: Session | null = null;
  #opening: Promise<Session> | null = null;
  #closing: Promise<void> | null = null;
  #restartsLeft: number;

  constructor(settings: ResolvedSettings, handlers: LinkHandlers) {
    this.#settings = settings;
    this.#handlers = handlers;
    this.#restartsLeft = settings.restarts;
  }

  /** @throws AutogenError `mcp-failed`, `missing-package`, `aborted` */
  async open(signal: AbortSignal | undefined): Promise<void> {
    this.#package = await loadClient();
    this.#session = await this.#newSession(signal);
  }

  /** The client of the live session; null when there is none. */
  get client(): Client | null {
    return this.#session?.ended === null && this.#closing === null ? this.#session.client : null;
  }

  /**
   * Makes a request. A session that the server does not know any more is renewed, and the request made once more: it
   * was not looked at. A server that ended during the request is started again for the next one only.
   *
   * @throws AutogenError `mcp-failed`; `aborted` when the signal fires, after the server was told to stop
   */
  async request<T>({ what, signal }: RequestContext, make: (client: Client, signal?: AbortSignal) => Promise<T>): Promise<T> {
    const session = await unlessAborted(this.#ready(), signal);
    try {
      const answer = await forwarded(signal, (forServer) => make(session.client, forServer));
      this.#restartsLeft = this.#settings.restarts;
      return answer;
    } catch (error) {
      if (hasFired(signal)) throw abortError(signal);
      if (!isLostSession(error) || this.#restartsLeft <= 0) throw this.#explained(error, session, what);
      if (this.#session === session) this.#session = null;
      void session.close();
    }
    const renewed = await unlessAborted(this.#ready("the server does not know the session any more"), signal);
    try {
      return await forwarded(signal, (forServer) => make(renewed.client, forServer));
    } catch (error) {
      throw hasFired(signal) ? abortError(signal) : this.#explained(error, renewed, what);
    }
  }

  async close(): Promise<void> {
    this.#closing ??= this.#close();
    await this.#closing;
  }

  async #close(): Promise<void> {
    const opening = this.#opening;
    const session = this.#session ?? (await opening?.catch(() => null)) ?? null;
    await session?.close();
  }

  async #ready(why?: string): Promise<Session> {
    const { name } = this.#settings;
    if (this.#closing !== null) throw new AutogenError("mcp-failed", `The connection to the MCP server \`${name}\` is closed.`);
    if (this.#session?.ended === null) return this.#session;
    this.#opening ??= this.#restart(why ?? this.#session?.ended ?? "it has ended").finally(() => (this.#opening = null));
    return await this.#opening;
  }

  async #restart(why: string): Promise<Session> {
    const { name } = this.#settings;
    if (this.#restartsLeft <= 0) {
      throw new AutogenError("mcp-failed", `The MCP server \`${name}\` has ended: ${why}. It is not started again.`, {
        details: { server: name },
      });
    }
    this.#restartsLeft -= 1;
    const ended = this.#session;
    this.#session = null;
    await ended?.close();
    this.#handlers.onRestart(why);
    this.#session = await this.#newSession(undefined);
    return this.#session;
  }

  async #newSession(signal: AbortSignal | undefined): Promise<Session> {
    // Loaded by `open`, which comes first.
    const session = await openSession(this.#package as ClientPackage, this.#settings, this.#handlers, signal);
    try {
      const timeout = this.#settings.startTimeoutMs;
      await this.#handlers.welcome(session.client, { timeout, ...(signal === undefined ? {} : { signal }) });
      return session;
    } catch (error) {
      await session.close();
      if (hasFired(signal)) throw abortError(signal);
      throw isAutogenError(error) ? error : this.#explained(error, session, "the list of its tools");
    }
  }

  #explained(error: unknown, session: Session, what: string): AutogenError {
    const { name, timeoutMs, place } = this.#settings;
    const server = `The MCP server \`${name}\``;
    const raw = reasonOf(error);
    const safe = masked(raw, place);
    const reason = cleanText(safe, REASON_CHARACTERS).text;
    const failure = (text: string): AutogenError =>
      new AutogenError("mcp-failed", text, { ...(safe === raw ? { cause: error } : {}), details: { server: name } });
    if (codeOf(error) === "REQUEST_TIMEOUT") {
      return failure(
        `${server} did not answer in time (${what}; ${String(timeoutMs)} ms without progress). The request was cancelled.`,
      );
    }
    if (session.ended !== null)
      return failure(`${server} ended during ${what}: ${cleanText(session.ended, REASON_CHARACTERS).text}`);
    return failure(`${server} could not do it (${what}): ${reason}${adviceOn(error)}`);
  }
}

/** The server is told no more than that the request is cancelled: reasons may speak of other things. */
async function forwarded<T>(signal: AbortSignal | undefined, make: (signal?: AbortSignal) => Promise<T>): Promise<T> {
  if (signal === undefined) return await make();
  if (signal.aborted) throw abortError(signal);
  const cancel = new AbortController();
  const onAbort = (): void => cancel.abort("The request was cancelled.");
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    return await make(cancel.signal);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

const hasFired = (signal: AbortSignal | undefined): signal is AbortSignal => signal?.aborted === true;

const codeOf = (error: unknown): unknown => (error instanceof Error && "code" in error ? error.code : undefined);

/** Streamable HTTP: a session that the server does not know is answered by 404; some servers answer 400 and say so. */
function isLostSession(error: unknown): boolean {
  if (!(error instanceof Error) || !("data" in error)) return false;
  const { status } = (error.data ?? {}) as { readonly status?: unknown };
  return status === 404 || (status === 400 && /session/iu.test(error.message));
}
