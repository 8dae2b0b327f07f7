/** The HTTP side of a Jupyter server: kernels are listed, started, interrupted, started anew and ended. */
import { setTimeout as wait } from "node:timers/promises";
import { AutogenError, abortError } from "../../../../run/index.js";
import { httpAddress } from "./connection.js";
import type { JupyterConnectionInfo } from "./connection.js";

const ATTEMPTS = 5;
const BACKOFF_MS = 100;
const TIMEOUT_MS = 30_000;

/** Client of one server. */
export class JupyterClient {
  readonly #address: string;
  readonly #token: string | undefined;
  readonly #cookies = new Map<string, string>();

  constructor(info: JupyterConnectionInfo) {
    this.#address = httpAddress(info);
    this.#token = info.token;
  }

  /** Names of the kernels that can be started. */
  async kernelSpecs(signal?: AbortSignal): Promise<string[]> {
    return Object.keys(recordOf(recordOf(await this.#json("GET", "/api/kernelspecs", { signal }))["kernelspecs"]));
  }

  /** @param path folder that the kernel works in, relative to the server's root */
  async startKernel(name: string, path: string | undefined, signal?: AbortSignal): Promise<string> {
    const body = path === undefined ? { name } : { name, path };
    const { id } = recordOf(await this.#json("POST", "/api/kernels", { body, signal, tries: 1 }));
    if (typeof id === "string" && /^[\w-]+$/.test(id)) return id;
    throw new AutogenError("executor-failed", "The Jupyter server started a kernel but did not say which.");
  }

  /** Harmless when it is gone. */
  async deleteKernel(id: string): Promise<void> {
    await this.#json("DELETE", `/api/kernels/${id}`, { expect: 404 });
  }

  async restartKernel(id: string): Promise<void> {
    await this.#json("POST", `/api/kernels/${id}/restart`, { body: {} });
  }

  async interruptKernel(id: string): Promise<void> {
    await this.#json("POST", `/api/kernels/${id}/interrupt`, { body: {} });
  }

  /** Address and headers of a kernel's WebSocket. */
  channels(id: string): { readonly url: string; readonly headers: Readonly<Record<string, string>> } {
    return { url: `${this.#address.replace(/^http/, "ws")}/api/kernels/${id}/channels`, headers: this.#headers() };
  }

  async #json(
    method: string,
    path: string,
    {
      body,
      signal,
      expect,
      tries = ATTEMPTS,
    }: { body?: unknown; signal?: AbortSignal | undefined; expect?: number; tries?: number } = {},
  ): Promise<unknown> {
    const response = await this.#send(method, path, body, signal, tries);
    this.#keepCookies(response);
    const text = await response.text();
    if (response.ok || response.status === expect) return parsed(text);
    const hint = response.status === 401 || response.status === 403 ? " Check `token`." : "";
    throw new AutogenError(
      "executor-failed",
      `The Jupyter server refused \`${method} ${path}\` (status ${response.status}): ${messageIn(text)}${hint}`,
    );
  }

  /** Connections that fail are tried again; answers are not, whatever they say. */
  async #send(method: string, path: string, body: unknown, signal: AbortSignal | undefined, tries: number): Promise<Response> {
    for (let attempt = 1; ; attempt++) {
      const limit = AbortSignal.timeout(TIMEOUT_MS);
      try {
        return await fetch(`${this.#address}${path}`, {
          method,
          headers: { ...this.#headers(), ...(body === undefined ? {} : { "content-type": "application/json" }) },
          redirect: "error", // the token is for this server only
          signal: signal === undefined ? limit : AbortSignal.any([signal, limit]),
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        });
      } catch (error) {
        if (signal?.aborted === true) throw abortError(signal);
        if (attempt >= tries) {
          throw new AutogenError("executor-failed", `The Jupyter server at ${this.#address} does not answer: ${reason(error)}.`, {
            cause: error,
          });
        }
        await wait(BACKOFF_MS * 2 ** (attempt - 1));
      }
    }
  }

  #headers(): Record<string, string> {
    const cookies = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const xsrf = this.#cookies.get("_xsrf");
    return {
      ...(this.#token === undefined ? {} : { authorization: `token ${this.#token}` }),
      ...(cookies === "" ? {} : { cookie: cookies }),
      ...(xsrf === undefined ? {} : { "x-xsrftoken": xsrf }),
    };
  }

  #keepCookies(response: Response): void {
    for (const line of response.headers.getSetCookie()) {
      const [pair = ""] = line.split(";");
      const equals = pair.indexOf("=");
      if (equals > 0) this.#cookies.set(pair.slice(0, equals).trim(), pair.slice(equals + 1).trim());
    }
  }
}

const recordOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>) : {};

function parsed(text: string): unknown {
  try {
    return text === "" ? null : (JSON.parse(text) as unknown);
  } catch {
    throw new AutogenError("executor-failed", "The Jupyter server answered something else than JSON: is it one?");
  }
}

function messageIn(text: string): string {
  try {
    const { message } = recordOf(JSON.parse(text));
    if (typeof message === "string") return message.slice(0, 300);
  } catch {
    // a page for browsers: its status says enough
  }
  return "no reason given";
}

function reason(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return cause instanceof Error ? cause.message || cause.name : String(cause);
}
