/** The server behind `IOWebsockets.runServer`: admits clients, runs their callbacks, ends in order. */
import { createServer, STATUS_CODES, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createSecureServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import type { WebSocket, WebSocketServer } from "ws";
import { AutogenError } from "../../../run/index.js";
import { IOStream } from "../host.js";
import { within } from "../program/within.js";
import { refusalOf, withoutToken, withToken, type ConnectionRequest } from "./network-access.js";
import { WebsocketConnection } from "./websocket-connection.js";
import { clientStream } from "./websocket-stream.js";
import type { WebsocketSettings } from "./websocket-options.js";

/** A client that is connected. */
interface Client {
  readonly connection: WebsocketConnection;
  /** Resolves when its callback has ended, in whatever way. */
  readonly served: Promise<void>;
  /** Resolves when the connection is gone. */
  readonly gone: Promise<void>;
}

const NORMAL_END = 1000; // RFC 6455, section 7.4.1
/** For callbacks to notice an abort, and for clients to answer the end of the connection. */
const GRACE_MS = 1000;
/** A client has this long to send its request. */
const REQUEST_TIMEOUT_MS = 10_000;

/** One server; `WebsocketServer` is what its users see of it. */
export class WebsocketListener implements AsyncDisposable {
  readonly #settings: WebsocketSettings;
  readonly #http: Server;
  readonly #protocol: WebSocketServer;
  readonly #clients = new Set<Client>();
  /** Clients whose request is being looked at. */
  readonly #arriving = new Set<Duplex>();
  #heartbeat: ReturnType<typeof setInterval> | undefined;
  #closing: Promise<void> | undefined;

  constructor(settings: WebsocketSettings, { WebSocketServer }: typeof import("ws")) {
    const { ssl, maxPayload } = settings;
    this.#settings = settings;
    this.#http = ssl === undefined ? createServer(refusePlain) : createSecureServer(ssl, refusePlain);
    this.#http.requestTimeout = REQUEST_TIMEOUT_MS;
    this.#http.headersTimeout = REQUEST_TIMEOUT_MS;
    this.#http.on("upgrade", (request, socket, head) => void this.#admit(request, socket, head));
    this.#protocol = new WebSocketServer({ noServer: true, clientTracking: false, perMessageDeflate: false, maxPayload });
  }

  get port(): number {
    return (this.#http.address() as AddressInfo | null)?.port ?? this.#settings.port;
  }

  get token(): string | null {
    return this.#settings.rules.token;
  }

  get uri(): string {
    const { host, ssl } = this.#settings;
    const name = host === "0.0.0.0" || host === "::" ? "127.0.0.1" : host.includes(":") ? `[${host}]` : host;
    const uri = `${ssl === undefined ? "ws" : "wss"}://${name}:${String(this.port)}`;
    return this.#settings.rules.token === null ? uri : withToken(uri, this.#settings.rules.token);
  }

  /** @throws AutogenError `invalid-option` */
  async listen(): Promise<void> {
    const { host, port, heartbeatMs } = this.#settings;
    await new Promise<void>((resolve, reject) => {
      this.#http.once("error", (error) => {
        const text = `The WebSocket server cannot listen on ${host}, port ${String(port)}: ${error.message}. Pass another \`port\`, or 0 for any free one.`;
        reject(new AutogenError("invalid-option", text, { cause: error }));
      });
      this.#http.listen({ host, port }, resolve);
    });
    if (heartbeatMs === 0) return;
    this.#heartbeat = setInterval(() => {
      for (const { connection } of this.#clients) connection.heartbeat();
    }, heartbeatMs).unref();
  }

  async close(): Promise<void> {
    await (this.#closing ??= this.#close());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#http.close(() => resolve()));
    this.#http.closeIdleConnections();
    const allServed = (): Promise<unknown> => Promise.all([...this.#clients].map(({ served }) => served));
    if (!(await within(this.#settings.closeTimeoutMs, allServed()))) {
      for (const { connection } of this.#clients) connection.abort("the server ends");
      await within(GRACE_MS, allServed());
    }
    const remaining = [...this.#clients];
    if (!(await within(GRACE_MS, Promise.all(remaining.map(({ gone }) => gone))))) {
      for (const { connection } of remaining) connection.terminate();
    }
    clearInterval(this.#heartbeat);
    for (const socket of this.#arriving) socket.destroy();
    this.#http.closeAllConnections();
    await closed;
  }

  async #admit(message: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const ignore = (): void => undefined;
    socket.on("error", ignore); // until the protocol takes over; a client may leave at any time
    const { url = "/", headers } = message;
    const request = { url: withoutToken(url), headers, remoteAddress: message.socket.remoteAddress ?? "" };
    this.#arriving.add(socket);
    try {
      const refusal = await this.#refusal({ ...request, url }, request);
      if (refusal !== null) return refuse(socket, refusal.status, refusal.reason);
      if (socket.destroyed) return;
      socket.off("error", ignore);
      this.#protocol.handleUpgrade(message, socket, head, (client) => this.#serve(client, request));
    } finally {
      this.#arriving.delete(socket);
    }
  }

  async #refusal(
    received: ConnectionRequest,
    request: ConnectionRequest,
  ): Promise<{ readonly status: number; readonly reason: string } | null> {
    if (this.#closing !== undefined) return { status: 503, reason: "The server ends." };
    const { maxConnections, verifyClient } = this.#settings;
    if (this.#clients.size + this.#arriving.size > maxConnections)
      return { status: 503, reason: "Too many clients are connected." };
    const refusal = refusalOf(received, this.#settings.rules);
    if (refusal !== null || verifyClient === undefined) return refusal;
    try {
      if (await verifyClient(request)) return this.#closing === undefined ? null : { status: 503, reason: "The server ends." };
    } catch (error) {
      this.#warn(`\`verifyClient\` failed, and the client was refused: ${textOf(error)}`);
    }
    return { status: 403, reason: "The client was refused." };
  }

  #serve(socket: WebSocket, request: ConnectionRequest): void {
    const connection = new WebsocketConnection(socket, this.#settings);
    const gone = new Promise<void>((resolve) => socket.once("close", () => resolve()));
    const client: Client = { connection, gone, served: this.#run(connection, request) };
    this.#clients.add(client);
    void gone.then(() => this.#clients.delete(client));
  }

  /** Never rejects. */
  async #run(connection: WebsocketConnection, request: ConnectionRequest): Promise<void> {
    const client = clientStream(connection, this.#settings);
    const { stream } = client;
    let ok = false;
    try {
      await IOStream.withDefault(stream, () => this.#settings.onConnect(stream, { signal: connection.signal, request }));
      ok = true;
    } catch (error) {
      this.#warn(`The callback of a WebSocket client failed: ${textOf(error)}`);
    }
    if (connection.closed !== null) return;
    client.end(ok);
    connection.close(NORMAL_END, "");
  }

  #warn(text: string): void {
    try {
      if (this.#settings.onWarning === undefined) IOStream.getGlobalDefault().warn?.(text);
      else this.#settings.onWarning(text);
    } catch {
      // Nobody is left who could be told, and the server must go on.
    }
  }
}

const textOf = (error: unknown): string => (error instanceof Error ? `${error.name}: ${error.message}` : String(error));

function refusePlain(_request: IncomingMessage, response: ServerResponse): void {
  response.writeHead(426, { connection: "close", upgrade: "websocket", "content-type": "text/plain" });
  response.end("This server speaks WebSocket only.\n");
}

/** An HTTP answer instead of the switch of protocols. */
function refuse(socket: Duplex, status: number, reason: string): void {
  const body = `${reason}\n`;
  socket.once("finish", () => socket.destroy());
  socket.end(
    [
      `HTTP/1.1 ${String(status)} ${STATUS_CODES[status] ?? ""}`,
      "Connection: close",
      "Content-Type: text/plain",
      `Content-Length: ${String(Buffer.byteLength(body))}`,
      "",
      body,
    ].join("\r\n"),
  );
}
