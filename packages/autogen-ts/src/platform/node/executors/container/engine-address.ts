/** Where a container engine listens: what the user said, else the current context of `docker`, else the usual sockets. */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { AutogenError } from "../../../../run/index.js";

/** How to reach an engine. */
export type EngineAddress =
  | { readonly kind: "socket"; readonly path: string }
  | {
      readonly kind: "tcp";
      readonly host: string;
      readonly port: number;
      /** Folder with `ca.pem`, `cert.pem` and `key.pem`; null for a connection in the clear. */
      readonly certificates: string | null;
    };

/** What the search for an engine looks at. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  readonly platform: NodeJS.Platform;
  readonly exists: (path: string) => boolean;
}

/** This machine. */
const thisMachine = (): Surroundings => ({
  env: process.env,
  home: homedir(),
  platform: process.platform,
  exists: existsSync,
});

/**
 * Addresses worth trying, best first; one only when the user named one.
 *
 * @param named `unix:///…`, `npipe:////./pipe/…`, `tcp://host:port`, or the path of a socket
 * @throws AutogenError `invalid-option` for an address of another kind
 */
export async function engineAddresses(named: string | undefined, around: Surroundings = thisMachine()): Promise<EngineAddress[]> {
  const said = named ?? nonEmpty(around.env["DOCKER_HOST"]) ?? nonEmpty(around.env["CONTAINER_HOST"]);
  if (said !== undefined) return [parseAddress(said, around.env)];
  const context = await contextHost(around);
  if (context !== undefined) return [parseAddress(context, around.env)];
  return usualSockets(around)
    .filter((path) => around.platform === "win32" || around.exists(path))
    .map((path) => ({ kind: "socket", path }));
}

const nonEmpty = (text: string | undefined): string | undefined => (text === "" ? undefined : text);

/** @throws AutogenError `invalid-option` */
export function parseAddress(text: string, env: Surroundings["env"]): EngineAddress {
  if (text.startsWith("unix://")) return { kind: "socket", path: text.slice("unix://".length) };
  if (text.startsWith("npipe://")) return { kind: "socket", path: text.slice("npipe://".length).replaceAll("/", "\\") };
  if (text.startsWith("/") || text.startsWith("\\\\")) return { kind: "socket", path: text };
  const url = /^(?:tcp|https?):\/\//.test(text) && URL.canParse(text.replace(/^tcp:/, "http:")) ? text : undefined;
  if (url === undefined) {
    const ssh = text.startsWith("ssh://") ? " Forward the socket first: `ssh -NL /tmp/docker.sock:/var/run/docker.sock …`." : "";
    throw new AutogenError(
      "invalid-option",
      `The address \`${text}\` of a container engine is of no known kind. Use \`unix:///path\`, \`npipe://…\` or \`tcp://host:port\`.${ssh}`,
    );
  }
  const { protocol, hostname, port } = new URL(url.replace(/^tcp:/, "http:"));
  const secure = protocol === "https:" || nonEmpty(env["DOCKER_TLS_VERIFY"]) !== undefined;
  return {
    kind: "tcp",
    host: hostname.replace(/^\[|\]$/g, ""),
    port: port === "" ? (secure ? 2_376 : 2_375) : Number(port),
    certificates: secure ? (nonEmpty(env["DOCKER_CERT_PATH"]) ?? join(homedir(), ".docker")) : null,
  };
}

/** The address of the context that `docker context use` has chosen; undefined for the default one. */
async function contextHost({ env, home }: Surroundings): Promise<string | undefined> {
  const folder = nonEmpty(env["DOCKER_CONFIG"]) ?? join(home, ".docker");
  const name = nonEmpty(env["DOCKER_CONTEXT"]) ?? textAt(await readJson(join(folder, "config.json")), "currentContext");
  if (name === undefined || name === "default") return undefined;
  const id = createHash("sha256").update(name).digest("hex");
  const meta = await readJson(join(folder, "contexts", "meta", id, "meta.json"));
  return textAt(valueAt(valueAt(meta, "Endpoints"), "docker"), "Host");
}

async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, "utf8")) as unknown;
  } catch {
    return undefined; // absent or damaged: there is no context then
  }
}

function valueAt(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>)[key] : undefined;
}

function textAt(value: unknown, key: string): string | undefined {
  const found = valueAt(value, key);
  return typeof found === "string" && found !== "" ? found : undefined;
}

function usualSockets({ env, home, platform }: Surroundings): string[] {
  if (platform === "win32") return ["\\\\.\\pipe\\docker_engine", "\\\\.\\pipe\\podman-machine-default"];
  const runtime = nonEmpty(env["XDG_RUNTIME_DIR"]);
  return [
    "/var/run/docker.sock",
    ...(runtime === undefined ? [] : [join(runtime, "docker.sock")]),
    ...[".docker/run/docker.sock", ".docker/desktop/docker.sock", ".orbstack/run/docker.sock", ".colima/default/docker.sock"].map(
      (path) => join(home, path),
    ),
    ...(runtime === undefined ? [] : [join(runtime, "podman", "podman.sock")]),
    "/run/podman/podman.sock",
  ];
}
