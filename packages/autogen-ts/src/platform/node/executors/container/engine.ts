/**
 * A client for the HTTP interface that Docker and Podman share, over its socket: only the calls that running code needs.
 * Paths carry no version, so that each engine answers in its own. Protocol: Docker Engine API reference.
 */
import { readFile } from "node:fs/promises";
import { request as httpRequest } from "node:http";
import type { ClientRequest, IncomingMessage, RequestOptions } from "node:http";
import { join } from "node:path";
import type { Duplex } from "node:stream";
import { AutogenError, abortError } from "../../../../run/index.js";
import { engineAddresses } from "./engine-address.js";
import type { EngineAddress } from "./engine-address.js";

/** What an engine answered. */
export interface EngineAnswer {
  readonly status: number;
  /** Parsed JSON, or null when the answer had no body. */
  readonly body: unknown;
}

/** One call. */
export interface EngineCall {
  readonly body?: unknown;
  readonly signal?: AbortSignal | undefined;
  /** Statuses besides 2xx and 304 that are an answer, not an error. */
  readonly expect?: readonly number[];
}

const PING_TIMEOUT_MS = 2_000;
const MOST_BYTES = 8_000_000; // of an answer that is read whole

/** A running engine. */
export class ContainerEngine {
  /** Whether it listens on a socket of this machine, so that it is likely to see the same files. */
  readonly isLocal: boolean;
  readonly #connection: Connection;

  private constructor(connection: Connection, isLocal: boolean) {
    this.#connection = connection;
    this.isLocal = isLocal;
  }

  /**
   * The first engine that answers.
   *
   * @param named see `engineAddresses`
   * @throws AutogenError `executor-failed` when none does, with what to do
   */
  static async find(named?: string, signal?: AbortSignal): Promise<ContainerEngine> {
    const addresses = await engineAddresses(named);
    const problems: string[] = [];
    for (const address of addresses) {
      const engine = new ContainerEngine(await connectionTo(address), address.kind === "socket");
      const problem = await engine.#ping(signal);
      if (problem === undefined) return engine;
      problems.push(`${shown(address)}: ${problem}`);
    }
    const found = problems.length === 0 ? "no socket of Docker or Podman was found" : problems.join("; ");
    throw new AutogenError(
      "executor-failed",
      `No container engine answers (${found}). Start Docker or \`podman system service\`, or name its address in \`DOCKER_HOST\`.`,
      { details: { problems } },
    );
  }

  /** @throws AutogenError `executor-failed` with the engine's words; `aborted` */
  async call(method: string, path: string, { body, signal, expect = [] }: EngineCall = {}): Promise<EngineAnswer> {
    const response = await this.open(method, path, { body, signal });
    const text = await readAll(response, signal);
    const status = response.statusCode ?? 0;
    if ((status >= 200 && status < 300) || status === 304 || expect.includes(status)) return { status, body: parsed(text) };
    throw new AutogenError("executor-failed", `The container engine refused \`${method} ${path}\`: ${reasonIn(text, status)}`, {
      details: { status },
    });
  }

  /** An answer as it comes. The caller looks at the status, and reads or destroys it. */
  open(method: string, path: string, { body, signal }: EngineCall = {}): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const sent = this.#request(method, path, body === undefined ? {} : { "content-type": "application/json" }, signal);
      sent.once("response", resolve);
      sent.once("error", (error) => reject(failure(error, signal)));
      sent.end(body === undefined ? undefined : JSON.stringify(body));
    });
  }

  /** Takes over the connection, for example to a container's standard input. @throws AutogenError `executor-failed` */
  upgrade(path: string, { body, signal }: EngineCall = {}): Promise<Duplex> {
    return new Promise((resolve, reject) => {
      const type = body === undefined ? {} : { "content-type": "application/json" };
      const sent = this.#request("POST", path, { connection: "Upgrade", upgrade: "tcp", ...type }, signal);
      sent.once("upgrade", (_, socket, head) => {
        if (head.length > 0) socket.unshift(head);
        socket.on("error", () => socket.destroy()); // whoever uses the connection sees it close
        resolve(socket);
      });
      sent.once("response", (response) => {
        void readAll(response, signal).then(
          (text) =>
            reject(
              new AutogenError("executor-failed", `The container engine refused: ${reasonIn(text, response.statusCode ?? 0)}`),
            ),
          reject,
        );
      });
      sent.once("error", (error) => reject(failure(error, signal)));
      sent.end(body === undefined ? undefined : JSON.stringify(body));
    });
  }

  async #ping(signal: AbortSignal | undefined): Promise<string | undefined> {
    const limit = AbortSignal.timeout(PING_TIMEOUT_MS);
    try {
      await this.call("GET", "/_ping", { signal: signal === undefined ? limit : AbortSignal.any([signal, limit]) });
      return undefined;
    } catch (error) {
      if (signal?.aborted === true) throw abortError(signal);
      if (limit.aborted) return `no answer within ${PING_TIMEOUT_MS / 1_000} s`;
      return problemOf(error);
    }
  }

  #request(method: string, path: string, headers: Record<string, string>, signal: AbortSignal | undefined): ClientRequest {
    const options = { ...this.#connection.options, method, path, headers: { host: "engine", ...headers } };
    return this.#connection.request(signal === undefined ? options : { ...options, signal });
  }
}

/** How requests get to the engine. */
interface Connection {
  readonly options: RequestOptions;
  readonly request: (options: RequestOptions) => ClientRequest;
}

async function connectionTo(address: EngineAddress): Promise<Connection> {
  if (address.kind === "socket") return { options: { socketPath: address.path, agent: false }, request: httpRequest };
  const { host, port, certificates } = address;
  if (certificates === null) return { options: { host, port, agent: false }, request: httpRequest };
  const { request } = await import("node:https"); // few engines need it
  const [ca, cert, key] = await Promise.all(
    (["ca.pem", "cert.pem", "key.pem"] as const).map((name) => readFile(join(certificates, name))),
  );
  const options = { host, port, agent: false, ca, cert, key };
  return { options, request };
}

const shown = (address: EngineAddress): string => (address.kind === "socket" ? address.path : `${address.host}:${address.port}`);

async function readAll(response: IncomingMessage, signal: AbortSignal | undefined): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > MOST_BYTES) throw new AutogenError("executor-failed", "The container engine's answer is too long.");
      chunks.push(chunk);
    }
  } catch (error) {
    throw failure(error, signal);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function parsed(text: string): unknown {
  if (text.trim() === "") return null;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text; // `/_ping` answers a word
  }
}

function reasonIn(text: string, status: number): string {
  const body = parsed(text);
  const message = typeof body === "object" && body !== null && "message" in body ? body.message : body;
  return `${typeof message === "string" && message !== "" ? message.slice(0, 500) : "no reason given"} (status ${status})`;
}

function failure(error: unknown, signal: AbortSignal | undefined): unknown {
  if (signal?.aborted === true) return abortError(signal);
  if (error instanceof AutogenError) return error;
  return new AutogenError("executor-failed", `The container engine cannot be reached: ${problemOf(error)}.`, { cause: error });
}

function problemOf(error: unknown): string {
  const cause = error instanceof AutogenError && error.cause !== undefined ? error.cause : error;
  const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
  switch (code) {
    case "ENOENT":
      return "there is no socket";
    case "EACCES":
    case "EPERM":
      return "permission denied: this user may not use the engine (on Linux: `sudo usermod -aG docker $USER`, and log in again)";
    case "ECONNREFUSED":
      return "nobody listens: the engine is not running";
    default:
      return cause instanceof Error ? cause.message : String(cause);
  }
}
