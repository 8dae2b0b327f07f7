/** Servers of the protocol that are not ours, and one of ours that misbehaves. */
import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { fileURLToPath } from "node:url";
import type { McpCommand } from "../src/features/mcp/index.js";

const programOf = (name: string): string => createRequire(import.meta.url).resolve(`@modelcontextprotocol/${name}/dist/index.js`);

/** The reference server that has some of everything. */
export const everything: McpCommand = { command: process.execPath, args: [programOf("server-everything"), "stdio"] };

/** The reference server for files in `folder`. */
export const filesystem = (folder: string): McpCommand => ({
  command: process.execPath,
  args: [programOf("server-filesystem"), folder],
});

const ODD = fileURLToPath(new URL("../src/features/mcp/fixtures/odd-server.mjs", import.meta.url));

/** A server that misbehaves. @param pidFile where it writes the number of its process when it is greeted */
export const odd = (mode = "normal", pidFile = ""): McpCommand => ({ command: process.execPath, args: [ODD, mode, pidFile] });

/** A server on loopback; disposing ends it. */
export interface HttpServer extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
}

/** The reference server over streamable HTTP, on `port` or any free one. */
export async function everythingOverHttp(port?: number): Promise<HttpServer> {
  const own = port ?? (await freePort());
  const child = spawn(process.execPath, [programOf("server-everything"), "streamableHttp"], {
    env: { PATH: process.env["PATH"], PORT: String(own) },
    stdio: ["ignore", "ignore", "pipe"],
  });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  await new Promise<void>((resolve, reject) => {
    let said = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      said += text;
      if (said.includes("listening")) resolve();
    });
    child.once("exit", () => reject(new Error(`the server ended: ${said}`)));
  });
  return {
    url: `http://127.0.0.1:${String(own)}/mcp`,
    port: own,
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await ended;
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise<void>((resolve) => server.close(() => resolve()));
  if (typeof address !== "object" || address === null) throw new Error("no port");
  return address.port;
}

/** Whether a process lives. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
