/**
 * How sandboxed code reaches the public internet: the sandbox's own network stays empty; a small program inside
 * takes connections on its loopback address and hands them to a socket file, behind which our proxy listens.
 */
import { chmod, mkdtemp, realpath, rm } from "node:fs/promises";
import { rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { NetworkAccess } from "../../../code/index.js";
import { AutogenError } from "../../../run/index.js";
import type { ExitCleanup } from "./exit-cleanup.js";
import type { ForwardProxyOptions } from "./forward-proxy.js";

/** What a profile needs to know of the network. */
export interface NetworkOfSandbox {
  /** Whether the sandbox has this machine's network. */
  readonly shared: boolean;
  /** Folders that are visible at another path. */
  readonly folders: readonly { readonly path: string; readonly inside: string }[];
  /** Files of `/etc` that programs need for names and certificates. */
  readonly settings: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Stands before the command that is run inside. */
  readonly command: readonly string[];
}

const INSIDE = "/run/network";
const PORT = 3128;
const CERTIFICATES = ["/etc/ssl/certs", "/etc/ssl/openssl.cnf", "/etc/ssl/cert.pem", "/etc/pki", "/etc/ca-certificates"];
const NAMES = ["/etc/resolv.conf", "/etc/hosts", "/etc/nsswitch.conf", "/etc/services", "/etc/host.conf", "/etc/gai.conf"];

const NOTHING: NetworkOfSandbox = { shared: false, folders: [], settings: [], env: {}, command: [] };
const EVERYTHING: NetworkOfSandbox = { ...NOTHING, shared: true, settings: [...CERTIFICATES, ...NAMES] };

/** How the proxy of a partly open network finds and reaches hosts. */
export type ProxyOfSandbox = Pick<ForwardProxyOptions, "resolve" | "dial" | "onRefused">;

/** The way out of the sandboxes of one executor; the proxy is started on first use. */
export class SandboxNetwork {
  readonly #access: NetworkAccess;
  readonly #cleanup: ExitCleanup;
  readonly #options: ProxyOfSandbox;
  #proxy: Promise<{ readonly folder: string; close(): Promise<void> }> | undefined;

  constructor(access: NetworkAccess, cleanup: ExitCleanup, options: ProxyOfSandbox = {}) {
    this.#access = access;
    this.#cleanup = cleanup;
    this.#options = options;
  }

  /**
   * @param python a Python that can be seen inside; needed where only a part of the network is open
   * @throws AutogenError `executor-failed` without it
   */
  async open(python: string | undefined): Promise<NetworkOfSandbox> {
    if (this.#access === false) return NOTHING;
    if (this.#access === true) return EVERYTHING;
    if (python === undefined) {
      throw new AutogenError(
        "executor-failed",
        "The program `python3` was not found; the sandbox needs it to reach a part of the network. Install it, or leave `network` out.",
      );
    }
    const { folder } = await (this.#proxy ??= this.#start(this.#access));
    return {
      shared: false,
      folders: [{ path: folder, inside: INSIDE }],
      settings: CERTIFICATES,
      env: PROXY_VARIABLES,
      command: [python, "-I", "-S", "-c", BRIDGE, `${INSIDE}/proxy`, String(PORT)],
    };
  }

  async close(): Promise<void> {
    const proxy = await this.#proxy?.catch(() => undefined);
    this.#proxy = undefined;
    await proxy?.close();
  }

  /** The folder has a name that cannot be guessed; whoever runs the sandbox may pass through it. */
  async #start(network: "public" | readonly string[]): Promise<{ folder: string; close(): Promise<void> }> {
    const folder = await mkdtemp(join(await realpath(tmpdir()), "autogen-net-"));
    const forget = this.#cleanup.add(() => rmSync(folder, { recursive: true, force: true }));
    const path = join(folder, "proxy");
    const { ForwardProxy } = await import("./forward-proxy.js");
    const proxy = await ForwardProxy.listen(path, { ...this.#options, network });
    await chmod(folder, 0o711);
    await chmod(path, 0o666);
    return {
      folder,
      close: async () => {
        forget();
        await proxy.close();
        await rm(folder, { recursive: true, force: true });
      },
    };
  }
}

const ADDRESS = `http://127.0.0.1:${PORT}`;
const PROXY_VARIABLES: Readonly<Record<string, string>> = {
  http_proxy: ADDRESS,
  https_proxy: ADDRESS,
  HTTP_PROXY: ADDRESS,
  HTTPS_PROXY: ADDRESS,
  ALL_PROXY: ADDRESS,
  no_proxy: "localhost,127.0.0.1,::1",
  NO_PROXY: "localhost,127.0.0.1,::1",
  NODE_USE_ENV_PROXY: "1",
};

/** Listens before the code starts, then goes into the background. It is inside, so it may do no more than the code. */
const BRIDGE = `
import os, select, socket, sys, threading

def carry(client):
    upstream = socket.socket(socket.AF_UNIX)
    try:
        upstream.connect(sys.argv[1])
        ends = {client: upstream, upstream: client}
        while ends:
            for source in select.select(list(ends), [], [])[0]:
                data = source.recv(65536)
                if data:
                    ends[source].sendall(data)
                else:
                    ends.pop(source).shutdown(socket.SHUT_WR)
    except OSError:
        pass
    finally:
        client.close()
        upstream.close()

listener = socket.create_server(("127.0.0.1", int(sys.argv[2])), backlog=64)
if os.fork() > 0:
    listener.close()
    os.execv(sys.argv[3], sys.argv[3:])
nothing = os.open(os.devnull, os.O_RDWR)
for descriptor in (0, 1, 2):
    os.dup2(nothing, descriptor)
threading.stack_size(262144)
while True:
    threading.Thread(target=carry, args=(listener.accept()[0],), daemon=True).start()
`;
