/**
 * The way out for code that may reach the public internet, or a part of it: a forward proxy that connects only to
 * addresses which it has checked itself, after the name was resolved. It answers `CONNECT` and plain HTTP requests.
 */
import { lookup } from "node:dns/promises";
import { once } from "node:events";
import { createServer, request as sendRequest } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { connect, isIP } from "node:net";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { isAllowedHost } from "./allowed-hosts.js";
import type { HostAndPort } from "./allowed-hosts.js";
import { isPublicAddress } from "./public-address.js";

/** What a proxy lets through, and how it reaches the world. */
export interface ForwardProxyOptions {
  readonly network: "public" | readonly string[];
  /** All addresses of a name. @default the system's resolver */
  readonly resolve?: (host: string) => Promise<readonly string[]>;
  /** Connects to an address that was found to be public. @default TCP */
  readonly dial?: (address: string, port: number) => Socket;
  /** Told about each request that is refused. */
  readonly onRefused?: (refused: HostAndPort, reason: string) => void;
}

const NOT_FOR_US = "This proxy takes CONNECT and requests for http addresses only.";
const CONNECT_LIMIT_MS = 15_000;
const IDLE_LIMIT_MS = 120_000;
const MAX_CONNECTIONS = 256;

/** Serves until it is closed; it does not keep the process alive. */
export class ForwardProxy {
  readonly #server: Server;
  readonly #options: Required<Omit<ForwardProxyOptions, "onRefused">> & Pick<ForwardProxyOptions, "onRefused">;
  readonly #sockets = new Set<Duplex>();

  private constructor(options: ForwardProxyOptions) {
    this.#options = { resolve: systemResolver, dial: (host, port) => connect({ host, port }), ...options };
    this.#server = createServer((request, response) => void this.#forward(request, response));
    this.#server.maxConnections = MAX_CONNECTIONS;
    this.#server.on("connect", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      void this.#tunnel(request, socket, head);
    });
    this.#server.on("connection", (socket) => this.#keep(socket));
    this.#server.on("clientError", (_error, socket) => socket.destroy());
  }

  /** @param where path of a socket file, or a port of 127.0.0.1 (0: a free one) */
  static async listen(where: string | number, options: ForwardProxyOptions): Promise<ForwardProxy> {
    const proxy = new ForwardProxy(options);
    if (typeof where === "string") proxy.#server.listen(where);
    else proxy.#server.listen(where, "127.0.0.1");
    await once(proxy.#server, "listening");
    proxy.#server.unref();
    return proxy;
  }

  /** 0 where it listens on a file. */
  get port(): number {
    const address = this.#server.address();
    return typeof address === "object" && address !== null ? address.port : 0;
  }

  /** Ends all connections. */
  async close(): Promise<void> {
    const closed = once(this.#server, "close");
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #keep(socket: Socket): void {
    socket.unref();
    this.#sockets.add(socket);
    socket.setTimeout(IDLE_LIMIT_MS, () => socket.destroy());
    socket.on("error", () => {}); // both ends may go away at any time
    socket.once("close", () => this.#sockets.delete(socket));
  }

  async #tunnel(request: IncomingMessage, client: Duplex, head: Buffer): Promise<void> {
    const upstream = await this.#open(targetOfTunnel(request.url ?? ""));
    if (typeof upstream === "string") {
      const body = `${upstream}\n`;
      client.end(
        `HTTP/1.1 403 Forbidden\r\nContent-Type: text/plain\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
      );
      return;
    }
    client.write("HTTP/1.1 200 Connection Established\r\n\r\n");
    upstream.write(head);
    upstream.pipe(client).pipe(upstream);
    client.once("close", () => upstream.destroy());
    upstream.once("close", () => client.destroy());
  }

  async #forward(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = webAddress(request.url ?? "");
    const upstream = url === undefined ? NOT_FOR_US : await this.#open(targetOf(url));
    if (typeof upstream === "string" || url === undefined) {
      const reason = typeof upstream === "string" ? upstream : NOT_FOR_US;
      response.writeHead(403, { "content-type": "text/plain", connection: "close" }).end(`${reason}\n`);
      return;
    }
    const outgoing = sendRequest({
      createConnection: () => upstream,
      method: request.method ?? "GET",
      path: url.pathname + url.search,
      headers: { ...forwardable(request), host: url.host, connection: "close" },
    });
    outgoing.once("response", (answer) => {
      response.writeHead(answer.statusCode ?? 502, forwardable(answer));
      answer.pipe(response);
    });
    outgoing.on("error", () => {
      if (response.headersSent) response.destroy();
      else response.writeHead(502, { "content-type": "text/plain" }).end("The host did not answer.\n");
    });
    response.once("close", () => outgoing.destroy());
    request.pipe(outgoing);
  }

  /** A connection to an address that was checked, or the reason why there is none. */
  async #open(target: HostAndPort | undefined): Promise<Socket | string> {
    if (target === undefined) return NOT_FOR_US;
    const refuse = (reason: string): string => {
      this.#options.onRefused?.(target, reason);
      return reason;
    };
    if (!isAllowedHost(this.#options.network, target)) {
      return refuse(`The host \`${target.host}:${target.port}\` is not among those that executed code may reach.`);
    }
    const addresses = await this.#addresses(target.host);
    if (addresses.length === 0) return refuse(`The host \`${target.host}\` was not found.`);
    const open = addresses.filter((address) => isPublicAddress(address));
    if (open.length === 0) {
      return refuse(`The host \`${target.host}\` is not on the public internet (this machine, a private network, or metadata).`);
    }
    for (const address of open.slice(0, 3)) {
      const socket = await this.#dial(address, target.port);
      if (socket !== undefined) return socket;
    }
    return refuse(`The host \`${target.host}:${target.port}\` did not answer.`);
  }

  async #addresses(host: string): Promise<readonly string[]> {
    if (isIP(host) !== 0) return [host];
    return this.#options.resolve(host).catch(() => []);
  }

  #dial(address: string, port: number): Promise<Socket | undefined> {
    return new Promise((resolve) => {
      const socket = this.#options.dial(address, port);
      this.#keep(socket);
      const timer = setTimeout(() => socket.destroy(), CONNECT_LIMIT_MS);
      const settle = (result: Socket | undefined): void => {
        clearTimeout(timer);
        resolve(result);
      };
      socket.once("connect", () => settle(socket));
      socket.once("close", () => settle(undefined)); // after `connect` it changes nothing
    });
  }
}

const systemResolver = async (host: string): Promise<readonly string[]> =>
  (await lookup(host, { all: true, verbatim: true })).map(({ address }) => address);

function targetOfTunnel(text: string): HostAndPort | undefined {
  const [, host, port] = /^(\[[\da-f:.]+\]|[^\s:/@[\]]+):(\d{1,5})$/i.exec(text) ?? [];
  return host === undefined ? undefined : { host: withoutBrackets(host), port: Number(port) };
}

/** Only `http`: what is encrypted comes through a tunnel. */
function webAddress(text: string): URL | undefined {
  return /^http:\/\//i.test(text) && URL.canParse(text) ? new URL(text) : undefined;
}

const targetOf = ({ hostname, port }: URL): HostAndPort => ({
  host: withoutBrackets(hostname),
  port: port === "" ? 80 : Number(port),
});

const withoutBrackets = (host: string): string => host.replace(/^\[|\]$/g, "");

/** Headers that are about one connection only are not passed on. */
const PER_CONNECTION: ReadonlySet<string> = new Set(
  "connection keep-alive proxy-authenticate proxy-authorization proxy-connection te trailer transfer-encoding upgrade host".split(
    " ",
  ),
);

function forwardable({ headers }: IncomingMessage): Record<string, string | string[]> {
  const entries = Object.entries(headers).filter(
    (entry): entry is [string, string | string[]] => entry[1] !== undefined && !PER_CONNECTION.has(entry[0]),
  );
  return Object.fromEntries(entries);
}
