/**
 * The few calls of the Kubernetes API that running code in a pod needs. Programs run over a WebSocket whose messages begin
 * with the number of a channel: 0 input, 1 output, 2 errors, 3 how it ended. Protocol: `v4.channel.k8s.io`, and `v5`.
 */
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { request as httpRequest } from "node:http";
import { promisify } from "node:util";
import { AutogenError, abortError } from "../../../../run/index.js";
import { loadWebSocket } from "../websocket-package.js";

/** How to reach a cluster. */
export interface KubernetesConnection {
  /** For example `https://10.0.0.1:6443`, or `http://127.0.0.1:8001` of `kubectl proxy`. */
  readonly server: string;
  /** Secret; sent in a header only. */
  readonly token?: string;
  /** Certificate of the cluster's authority, PEM. */
  readonly ca?: string;
  /** Certificate and key of the user, PEM. */
  readonly cert?: string;
  readonly key?: string;
}

const ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount";

/** The cluster that this program runs in. @returns undefined when it runs in none */
export async function connectionOfCluster(): Promise<KubernetesConnection | undefined> {
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port = "443" } = process.env;
  if (host === undefined) return undefined;
  const [token, ca] = await Promise.all([readFile(`${ACCOUNT}/token`, "utf8"), readFile(`${ACCOUNT}/ca.crt`, "utf8")]);
  return { server: `https://${host.includes(":") ? `[${host}]` : host}:${port}`, token: token.trim(), ca };
}

/** The namespace that this program runs in. */
export async function namespaceOfCluster(): Promise<string | undefined> {
  const text = await readFile(`${ACCOUNT}/namespace`, "utf8").catch(() => "");
  return text.trim() === "" ? undefined : text.trim();
}

/** What `kubectl` makes of a configuration: it knows the format, and where certificates lie. */
export async function connectionOfConfig(file: string | undefined): Promise<KubernetesConnection> {
  const args = [
    "config",
    "view",
    "--raw",
    "--minify",
    "--flatten",
    "-o",
    "json",
    ...(file === undefined ? [] : ["--kubeconfig", file]),
  ];
  let config: unknown;
  try {
    config = JSON.parse((await promisify(execFile)("kubectl", args)).stdout);
  } catch (cause) {
    throw new AutogenError(
      "executor-failed",
      "The configuration of Kubernetes could not be read by `kubectl`. Install it, or pass `connection`.",
      { cause },
    );
  }
  const cluster = at(config, "clusters", 0, "cluster");
  const user = at(config, "users", 0, "user");
  const decoded = (value: unknown): string | undefined =>
    typeof value === "string" ? Buffer.from(value, "base64").toString("utf8") : undefined;
  const server = at(cluster, "server");
  if (typeof server !== "string") throw new AutogenError("invalid-config", "The configuration of Kubernetes names no server.");
  const [ca, cert, key] = [
    at(cluster, "certificate-authority-data"),
    at(user, "client-certificate-data"),
    at(user, "client-key-data"),
  ].map(decoded);
  const token = at(user, "token");
  return {
    server,
    ...(typeof token === "string" ? { token } : {}),
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
  };
}

/** The value at a path of keys, or undefined. */
export function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>(
    (inner, key) =>
      typeof inner === "object" && inner !== null ? (inner as Readonly<Record<string | number, unknown>>)[key] : undefined,
    value,
  );
}

/** A program in a pod. */
export interface PodCommand {
  readonly command: readonly string[];
  /** Sent at once; the program reads no more than this. */
  readonly input?: string;
  readonly onOutput: (bytes: Buffer, stream: "stdout" | "stderr") => void;
  readonly signal?: AbortSignal | undefined;
}

/** Client of one namespace. */
export class KubernetesClient {
  readonly #connection: KubernetesConnection;
  readonly #base: string;

  constructor(connection: KubernetesConnection, namespace: string) {
    this.#connection = connection;
    this.#base = `${connection.server.replace(/\/+$/, "")}/api/v1/namespaces/${encodeURIComponent(namespace)}/pods`;
  }

  /** @param path of a pod, or empty for all. @returns null when it is not there */
  async call(method: "GET" | "POST" | "DELETE", path: string, body?: unknown, signal?: AbortSignal): Promise<unknown> {
    const { request } = this.#base.startsWith("https:") ? await import("node:https") : { request: httpRequest };
    const { ca, cert, key } = this.#connection;
    return new Promise((resolve, reject) => {
      const fail = (cause: Error): void =>
        reject(
          signal?.aborted === true
            ? abortError(signal)
            : new AutogenError("executor-failed", `Kubernetes cannot be reached: ${cause.message}.`, { cause }),
        );
      const options = {
        method,
        headers: { ...this.#headers(), "content-type": "application/json" },
        ca,
        cert,
        key,
        ...(signal === undefined ? {} : { signal }),
      };
      const sent = request(`${this.#base}${path}`, options, (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk)).on("error", fail);
        response.on("end", () => {
          const answer = parsed(Buffer.concat(chunks).toString("utf8"));
          const status = response.statusCode ?? 0;
          if (status < 300) return resolve(answer);
          if (status === 404 && method !== "POST") return resolve(null);
          const reason = at(answer, "message");
          const why = typeof reason === "string" ? reason.slice(0, 300) : "no reason given";
          return reject(
            new AutogenError("executor-failed", `Kubernetes refused to ${method} the pod (status ${status}): ${why}`),
          );
        });
      });
      sent.on("error", fail);
      sent.end(body === undefined ? undefined : JSON.stringify(body));
    });
  }

  /** @returns the exit code. @throws AutogenError `executor-failed` when the program could not be started or the connection broke */
  async run(pod: string, container: string, { command, input, onOutput, signal }: PodCommand): Promise<number> {
    const WebSocketClass = await loadWebSocket("Running code in a pod");
    const query = new URLSearchParams([
      ["container", container],
      ["stdout", "true"],
      ["stderr", "true"],
      ["stdin", String(input !== undefined)],
    ]);
    for (const word of command) query.append("command", word);
    const url = `${this.#base.replace(/^http/, "ws")}/${pod}/exec?${query.toString()}`;
    const { ca, cert, key } = this.#connection;
    const socket = new WebSocketClass(url, PROTOCOLS, {
      headers: this.#headers(),
      ca,
      cert,
      key,
      maxPayload: 64_000_000,
      handshakeTimeout: 30_000,
    });
    return new Promise((resolve, reject) => {
      let status: unknown;
      const stop = (): void => socket.terminate();
      signal?.addEventListener("abort", stop, { once: true });
      if (signal?.aborted === true) stop();
      socket.on("open", () => {
        if (input !== undefined) socket.send(Buffer.concat([Buffer.from([0]), Buffer.from(input)]));
      });
      socket.on("message", (data) => {
        if (!Buffer.isBuffer(data) || data.length < 2) return; // channels announce themselves with nothing
        const bytes = data.subarray(1);
        if (data[0] === 1 || data[0] === 2) onOutput(bytes, data[0] === 1 ? "stdout" : "stderr");
        if (data[0] === 3) status = parsed(bytes.toString("utf8"));
      });
      let problem = "the connection broke off";
      socket.on("error", (error) => {
        problem = error.message;
      });
      socket.on("close", () => {
        signal?.removeEventListener("abort", stop);
        const code = exitCodeIn(status);
        if (code !== undefined) return resolve(code);
        if (signal?.aborted === true) return reject(abortError(signal));
        const reason = at(status, "message");
        return reject(
          new AutogenError("executor-failed", `The program in the pod failed: ${typeof reason === "string" ? reason : problem}.`),
        );
      });
    });
  }

  #headers(): Record<string, string> {
    const { token } = this.#connection;
    return token === undefined ? {} : { authorization: `Bearer ${token}` };
  }
}

const PROTOCOLS = ["v5.channel.k8s.io", "v4.channel.k8s.io"];

function exitCodeIn(status: unknown): number | undefined {
  if (at(status, "status") === "Success") return 0;
  const causes = at(status, "details", "causes");
  if (!Array.isArray(causes)) return undefined;
  const cause: unknown = causes.find((one) => at(one, "reason") === "ExitCode");
  const code = Number(at(cause, "message"));
  return cause !== undefined && Number.isInteger(code) ? code : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
