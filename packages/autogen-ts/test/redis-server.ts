/** A Redis server of one's own, on a free port of the loopback address, without anything on disk. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

export interface RedisServer {
  readonly url: string;
  /** Kills the server, as a failing machine would. */
  kill(): Promise<void>;
  /** Makes it hang, connections open. */
  freeze(): void;
  thaw(): void;
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

export async function redisServer(port?: number): Promise<RedisServer> {
  const folder = await mkdtemp(join(tmpdir(), "redis-"));
  const at = port ?? (await freePort());
  const args = ["--port", String(at), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", folder];
  const server = spawn("redis-server", args, { stdio: ["ignore", "pipe", "ignore"] });
  const closed = once(server, "close");
  const lines: string[] = [];
  for await (const line of createInterface({ input: server.stdout })) {
    lines.push(line);
    if (line.includes("Ready to accept connections")) break;
  }
  server.stdout.resume();
  if (server.exitCode !== null) throw new Error(`redis-server did not start:\n${lines.join("\n")}`);
  return {
    url: `redis://127.0.0.1:${String(at)}/0`,
    freeze: () => void server.kill("SIGSTOP"),
    thaw: () => void server.kill("SIGCONT"),
    async kill() {
      server.kill("SIGKILL");
      await closed;
      await rm(folder, { recursive: true, force: true });
    },
  };
}
