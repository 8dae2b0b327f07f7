/** One kernel: its connection, and the cells that run in it one after another. */
import type { WebSocket } from "ws";
import { AutogenError } from "../../../../run/index.js";
import { loadWebSocket } from "../websocket-package.js";
import type { Cell } from "./cell.js";
import type { JupyterClient } from "./client.js";
import { parseMessage, shellRequest } from "./messages.js";
import type { KernelMessage } from "./messages.js";

const READY_TIMEOUT_MS = 60_000;
const MOST_BYTES = 64_000_000; // of one message

/** Waits for messages about one request. */
type Listener = (message: KernelMessage | null) => void;

/** A started kernel with an open connection. */
export class Kernel {
  readonly id: string;
  readonly #client: JupyterClient;
  readonly #socket: WebSocket;
  readonly #session = crypto.randomUUID();
  readonly #listeners = new Map<string, Listener>();
  #isDead = false;
  #isFlooded = false;

  private constructor(client: JupyterClient, id: string, socket: WebSocket) {
    this.#client = client;
    this.id = id;
    this.#socket = socket;
    socket.on("message", (bytes) => this.#receive(Buffer.isBuffer(bytes) ? bytes.toString("utf8") : ""));
    socket.on("close", () => this.#die());
    socket.on("error", (error) => {
      this.#isFlooded ||= "code" in error && error.code === "WS_ERR_UNSUPPORTED_MESSAGE_LENGTH";
      socket.terminate(); // `close` follows
    });
  }

  /** @throws AutogenError `executor-failed` when the kernel cannot be reached or does not get ready; `missing-package` */
  static async connect(client: JupyterClient, id: string): Promise<Kernel> {
    const WebSocketClass = await loadWebSocket("Running code by Jupyter");
    const { url, headers } = client.channels(id);
    const socket = new WebSocketClass(url, {
      headers,
      maxPayload: MOST_BYTES,
      handshakeTimeout: READY_TIMEOUT_MS,
      perMessageDeflate: false,
    });
    const kernel = new Kernel(client, id, socket);
    await new Promise<void>((resolve, reject) => {
      socket.once("open", resolve);
      socket.once("error", (cause) =>
        reject(new AutogenError("executor-failed", `The kernel's connection could not be opened: ${cause.message}.`, { cause })),
      );
    });
    await kernel.#untilReady();
    return kernel;
  }

  get isAlive(): boolean {
    return !this.#isDead;
  }

  /** Whether the connection ended because a message was too long. */
  get isFlooded(): boolean {
    return this.#isFlooded;
  }

  /** Resolves when the cell has ended, or the kernel. Whoever waits no longer calls `forget`. */
  run(code: string, cell: Cell): { readonly ended: Promise<void>; readonly forget: () => void } {
    const content = { code, silent: false, store_history: true, user_expressions: {}, allow_stdin: false, stop_on_error: true };
    const request = shellRequest(this.#session, "execute_request", content);
    const ended = new Promise<void>((resolve) => {
      this.#ask(request, (message) => {
        if (message === null) cell.die();
        if (message !== null && !cell.add(message)) return;
        this.#listeners.delete(request.id);
        resolve();
      });
    });
    return { ended, forget: () => void this.#listeners.delete(request.id) };
  }

  async interrupt(): Promise<void> {
    await this.#client.interruptKernel(this.id);
  }

  close(): void {
    this.#die();
    this.#socket.terminate();
  }

  /** Asks until there is an answer: a kernel that is just starting loses what it is sent. */
  async #untilReady(): Promise<void> {
    const deadline = performance.now() + READY_TIMEOUT_MS;
    while (!this.#isDead && performance.now() < deadline) {
      if (await this.#answers()) return;
    }
    this.close();
    throw new AutogenError("executor-failed", "The kernel was started but does not answer.");
  }

  #answers(): Promise<boolean> {
    return new Promise((resolve) => {
      const request = shellRequest(this.#session, "kernel_info_request", {});
      const finish = (isAnswered: boolean): void => {
        clearTimeout(timer);
        this.#listeners.delete(request.id);
        resolve(isAnswered);
      };
      const timer = setTimeout(() => finish(false), ASK_AGAIN_MS);
      this.#ask(request, (message) => {
        if (message === null || message.type === "kernel_info_reply") finish(message !== null);
      });
    });
  }

  #ask({ id, text }: { readonly id: string; readonly text: string }, listener: Listener): void {
    if (this.#isDead) return listener(null);
    this.#listeners.set(id, listener);
    this.#socket.send(text, (error) => {
      if (error != null) this.#die();
    });
  }

  /** Messages about requests of others are none of ours; those about the kernel's own end have no request. */
  #receive(text: string): void {
    const message = parseMessage(text);
    if (message === null) return;
    const listener = message.parent === null ? undefined : this.#listeners.get(message.parent);
    if (listener !== undefined) return listener(message);
    const state = message.type === "status" ? message.content["execution_state"] : undefined;
    if (state === "dead" || state === "restarting" || state === "autorestarting") this.#die();
  }

  #die(): void {
    if (this.#isDead) return;
    this.#isDead = true;
    const listeners = [...this.#listeners.values()];
    this.#listeners.clear();
    for (const listener of listeners) listener(null);
  }
}

const ASK_AGAIN_MS = 2_000;
