/** One client of a WebSocket server: text frames in both directions, and limits on what waits. */
import type { RawData, WebSocket } from "ws";
import { AutogenError } from "../../../run/index.js";

export interface ConnectionLimits {
  /** Most bytes that wait to be sent, before a client that does not read is cut off. */
  readonly maxBufferedBytes: number;
}

/** Close codes of RFC 6455, section 7.4.1. */
const GOING_AWAY = 1001;
const INVALID_TEXT = 1007;

export class WebsocketConnection {
  readonly #socket: WebSocket;
  readonly #limits: ConnectionLimits;
  readonly #ending = new AbortController();
  #closed: AutogenError | null = null;
  /** Bytes that were not handed to the network yet. */
  #unsent = 0;
  #drained: (() => void)[] = [];
  #answersPings = true;
  #listens = true;
  /** Set once, before the first frame can come in. */
  #onText: (text: string) => void = () => undefined;

  constructor(socket: WebSocket, limits: ConnectionLimits) {
    this.#socket = socket;
    this.#limits = limits;
    let cause: unknown = null;
    socket.on("message", (data, isBinary) => this.#receive(data, isBinary));
    socket.on("pong", () => (this.#answersPings = true));
    // What is wrong with a frame; the package closes the connection with the right code.
    socket.on("error", (error) => (cause = error));
    socket.on("close", (code) => this.#end(`the client has left (close code ${String(code)})`, cause));
  }

  /** Fires when the client is gone or the server ends. */
  get signal(): AbortSignal {
    return this.#ending.signal;
  }

  /** Why nothing can be read or written any more; null as long as it can. */
  get closed(): AutogenError | null {
    return this.#closed;
  }

  onText(take: (text: string) => void): void {
    this.#onText = take;
  }

  /**
   * One text frame.
   *
   * @throws AutogenError `input-closed` when the connection is closed
   */
  send(text: string): void {
    if (this.#closed !== null) throw this.#closed;
    const bytes = Buffer.byteLength(text);
    this.#unsent += bytes;
    this.#socket.send(text, () => {
      this.#unsent -= bytes;
      if (this.#unsent === 0) this.#wake();
    });
    if (this.#unsent <= this.#limits.maxBufferedBytes) return;
    this.#end(`the client does not read: ${String(this.#unsent)} bytes wait for it`, null);
    this.#socket.terminate();
  }

  /** Resolves when all that was sent has been handed to the network, or the connection is closed. */
  async drained(): Promise<void> {
    if (this.#unsent === 0 || this.#closed !== null) return;
    await new Promise<void>((resolve) => this.#drained.push(resolve));
  }

  /** Ends a connection that is not needed any more. */
  close(code: number, reason: string): void {
    this.#listens = false;
    this.#socket.close(code, reason);
  }

  /** Ends a connection that is still in use. */
  abort(reason: string): void {
    this.#end(reason, null);
    this.#socket.close(GOING_AWAY, reason);
  }

  terminate(): void {
    this.#socket.terminate();
  }

  /** Asks for a sign of life; without one since the last time the connection ends. */
  heartbeat(): void {
    if (!this.#answersPings) return this.terminate();
    this.#answersPings = false;
    this.#socket.ping();
  }

  #receive(data: RawData, isBinary: boolean): void {
    if (!this.#listens || this.#closed !== null) return;
    // The package checks text frames and hands over one buffer; binary ones are checked here.
    const bytes = data as Buffer;
    if (!isBinary) return this.#onText(bytes.toString("utf8"));
    try {
      this.#onText(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes));
    } catch {
      this.close(INVALID_TEXT, "invalid UTF-8");
    }
  }

  #end(reason: string, cause: unknown): void {
    if (this.#closed !== null) return;
    this.#closed = new AutogenError("input-closed", `The WebSocket connection is closed: ${reason}.`, { cause });
    this.#ending.abort(this.#closed);
    this.#wake();
  }

  #wake(): void {
    for (const resolve of this.#drained.splice(0)) resolve();
  }
}
