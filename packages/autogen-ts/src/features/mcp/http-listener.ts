/** Served chats over streamable HTTP: who may connect, how much they may send, which sessions they hold. */
import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type Server as HttpServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { McpHttpHandler } from "@modelcontextprotocol/server";
import { AutogenError } from "../../core.js";
import { refusalOf, within } from "../../platform/node/index.js";
import type { ServerPackage } from "./packages.js";
import type { ChatTools } from "./protocol-server.js";
import type { ServeSettings } from "./serve-options.js";
import { BodyTooLarge, readBody, sendResponse, webRequest } from "./web-request.js";

/** A client of the revisions of 2025, which hold a session. */
interface HeldSession {
  readonly transport: InstanceType<ServerPackage["main"]["WebStandardStreamableHTTPServerTransport"]>;
  lastUsed: number;
  /** Requests that are being answered. */
  open: number;
}

/** How long clients may take to read the last answers. */
const GOODBYE_MS = 1000;
/** A client has this long to send its request. */
const REQUEST_TIMEOUT_MS = 10_000;

export class HttpListener {
  readonly #settings: ServeSettings;
  readonly #tools: ChatTools;
  readonly #package: ServerPackage;
  readonly #http: HttpServer;
  /** Clients of the revision of 2026 hold no session. */
  readonly #modern: McpHttpHandler;
  readonly #sessions = new Map<string, HeldSession>();
  /** Requests that are being answered; none of these promises rejects. */
  readonly #answers = new Set<Promise<void>>();
  #sweep: ReturnType<typeof setInterval> | undefined;

  constructor(settings: ServeSettings, tools: ChatTools, protocol: ServerPackage) {
    this.#settings = settings;
    this.#tools = tools;
    this.#package = protocol;
    this.#modern = protocol.main.createMcpHandler(() => tools.create(), { legacy: "reject" });
    this.#http = createServer((request, response) => {
      const answered = this.#handle(request, response).finally(() => this.#answers.delete(answered));
      this.#answers.add(answered);
    });
    this.#http.requestTimeout = REQUEST_TIMEOUT_MS;
    this.#http.headersTimeout = REQUEST_TIMEOUT_MS;
  }

  get url(): string {
    const { host, path } = this.#settings;
    const name = host === "0.0.0.0" || host === "::" ? "127.0.0.1" : host.includes(":") ? `[${host}]` : host;
    return `http://${name}:${String((this.#http.address() as AddressInfo | null)?.port ?? this.#settings.port)}${path}`;
  }

  /** @throws AutogenError `invalid-option` */
  async listen(): Promise<void> {
    const { host, port, sessionIdleMs } = this.#settings;
    await new Promise<void>((resolve, reject) => {
      this.#http.once("error", (error) => {
        const text = `The MCP server cannot listen on ${host}, port ${String(port)}: ${error.message}. Pass another \`port\`, or 0 for any free one.`;
        reject(new AutogenError("invalid-option", text, { cause: error }));
      });
      this.#http.listen({ host, port }, resolve);
    });
    this.#sweep = setInterval(() => this.#endIdle(sessionIdleMs), Math.min(sessionIdleMs, 60_000)).unref();
  }

  async close(): Promise<void> {
    clearInterval(this.#sweep);
    const closed = new Promise<void>((resolve) => this.#http.close(() => resolve()));
    // Who was told that the chat has ended reads it still.
    await new Promise((resolve) => setImmediate(resolve));
    await this.#modern.close();
    await Promise.all([...this.#sessions.values()].map(({ transport }) => transport.close()));
    await within(GOODBYE_MS, Promise.all(this.#answers));
    this.#http.closeAllConnections();
    await closed;
  }

  /** Never rejects. */
  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const leaving = new AbortController();
    response.on("close", () => leaving.abort(new Error("The client has left.")));
    try {
      const refusal = this.#refusal(request);
      if (refusal !== null) return plainAnswer(response, refusal.status, refusal.reason);
      const body = await readBody(request, this.#settings.maxBodyBytes);
      await sendResponse(await this.#answer(webRequest(request, leaving.signal), body), response);
    } catch (error) {
      if (error instanceof BodyTooLarge) {
        return plainAnswer(response, 413, `A request may have at most ${String(this.#settings.maxBodyBytes)} bytes.`);
      }
      if (leaving.signal.aborted) return;
      this.#settings.onWarning(`A request failed: ${error instanceof Error ? error.message : String(error)}`);
      plainAnswer(response, 500, "The request failed.");
    }
  }

  #refusal({ url = "/", headers, socket }: IncomingMessage): { readonly status: number; readonly reason: string } | null {
    const [path = "/"] = url.split("?", 1);
    // The address without its query: a token in an address ends up in logs.
    const refusal = refusalOf({ url: path, headers, remoteAddress: socket.remoteAddress ?? "" }, this.#settings.rules);
    if (refusal !== null) return refusal;
    return path === this.#settings.path ? null : { status: 404, reason: `The MCP server is at ${this.#settings.path}.` };
  }

  async #answer(request: Request, parsedBody: unknown): Promise<Response> {
    const id = request.headers.get("mcp-session-id");
    const held = id === null ? undefined : this.#sessions.get(id);
    if (held !== undefined) return await this.#answerHeld(held, request, parsedBody);
    if (!(await this.#package.main.isLegacyRequest(request, parsedBody)))
      return await this.#modern.fetch(request, { parsedBody });
    if (id !== null) return rpcError(404, "This session is not known (any more). Begin a new one.");
    if (!this.#package.main.isInitializeRequest(parsedBody)) return rpcError(400, "A session begins with `initialize`.");
    if (!this.#makeRoom()) return rpcError(503, "Too many clients are connected.");
    return await this.#answerHeld(await this.#newSession(), request, parsedBody);
  }

  async #newSession(): Promise<HeldSession> {
    const transport = new this.#package.main.WebStandardStreamableHTTPServerTransport({
      sessionIdGenerator: () => randomUUID(),
      onsessioninitialized: (id) => void this.#sessions.set(id, session),
    });
    const session: HeldSession = { transport, lastUsed: Date.now(), open: 0 };
    const server = this.#tools.create();
    await server.connect(transport);
    Object.assign(server.server, {
      onclose: () => transport.sessionId !== undefined && this.#sessions.delete(transport.sessionId),
    });
    return session;
  }

  async #answerHeld(session: HeldSession, request: Request, parsedBody: unknown): Promise<Response> {
    session.lastUsed = Date.now();
    session.open += 1;
    // A stream is open until it is read to its end, or the client leaves.
    const onEnd = (): void => {
      session.open -= 1;
      session.lastUsed = Date.now();
    };
    if (request.signal.aborted) onEnd();
    else request.signal.addEventListener("abort", onEnd, { once: true });
    return await session.transport.handleRequest(request, { parsedBody });
  }

  #endIdle(idleMs: number): void {
    for (const [id, { transport, lastUsed, open }] of this.#sessions) {
      if (open > 0 || Date.now() - lastUsed < idleMs) continue;
      this.#sessions.delete(id);
      void transport.close();
    }
  }

  /** Whether there is room for one more; the one that was quiet longest makes it. */
  #makeRoom(): boolean {
    if (this.#sessions.size < this.#settings.maxSessions) return true;
    const [quiet] = [...this.#sessions].filter(([, { open }]) => open === 0).toSorted(([, a], [, b]) => a.lastUsed - b.lastUsed);
    if (quiet === undefined) return false;
    this.#sessions.delete(quiet[0]);
    void quiet[1].transport.close();
    return true;
  }
}

/** JSON-RPC 2.0, section 5.1: the range of servers. */
const rpcError = (status: number, message: string): Response =>
  Response.json({ jsonrpc: "2.0", error: { code: -32_000, message }, id: null }, { status });

function plainAnswer(response: ServerResponse, status: number, reason: string): void {
  if (response.headersSent) return void response.destroy();
  response.writeHead(status, {
    "content-type": "text/plain",
    connection: "close",
    ...(status === 401 ? { "www-authenticate": "Bearer" } : {}),
  });
  response.end(`${reason}\n`);
}
