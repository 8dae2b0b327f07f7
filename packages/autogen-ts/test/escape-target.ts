/** What attempts to escape are aimed at, on this machine, and what can be seen of them afterwards. */
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { openSync, closeSync, readdirSync, rmSync } from "node:fs";
import { chmod, lstat, mkdir, mkdtemp, readdir, readFile, realpath, rm, stat, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import type { Server } from "node:net";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import type { CodeResult } from "../src/code/index.js";
import type { EscapeEvidence, EscapeTarget } from "./escape-kit.js";
import { isRunning } from "./executors.js";

/** Made once, set up anew before each attempt. */
export class EscapeGround {
  readonly target: EscapeTarget;
  readonly #servers: readonly Server[];
  readonly #datagrams: ReturnType<typeof createSocket>;
  readonly #counter: { arrivals: number };
  #victim: ChildProcess | undefined;
  #open: number | undefined;

  private constructor(
    target: EscapeTarget,
    servers: readonly Server[],
    datagrams: ReturnType<typeof createSocket>,
    counter: { arrivals: number },
  ) {
    this.target = target;
    this.#servers = servers;
    this.#datagrams = datagrams;
    this.#counter = counter;
  }

  static async make(): Promise<EscapeGround> {
    const folder = await realpath(await mkdtemp(join(tmpdir(), "escapes-")));
    const homeFolder = await mkdtemp(join(homedir(), ".escapes-"));
    const counter = { arrivals: 0 };
    const server = async (where: { host?: string; port?: number; path?: string }): Promise<Server> => {
      const made = createServer((socket) => {
        counter.arrivals++;
        socket.destroy();
      });
      made.listen(where);
      await once(made, "listening");
      return made;
    };
    const abstractName = `escapes-${process.pid}-${randomBytes(4).toString("hex")}`.padEnd(107, "x"); // some versions of Node fill names up
    const socketFile = join(folder, "socket");
    const servers = await Promise.all([
      server({ host: "127.0.0.1", port: 0 }),
      server({ host: "::1", port: 0 }),
      server({ path: socketFile }),
      server({ path: `\0${abstractName}` }),
    ]);
    const datagrams = createSocket("udp4").bind(0, "127.0.0.1");
    datagrams.on("message", () => counter.arrivals++);
    await once(datagrams, "listening");
    const target: EscapeTarget = {
      secret: `secret-${randomBytes(12).toString("hex")}`,
      folder,
      workDir: join(folder, "work"),
      secretFile: join(folder, "secret"),
      otherFolder: join(folder, "other"),
      homeFolder,
      victim: 0,
      port: portOf(servers[0]),
      port6: portOf(servers[1]),
      udpPort: datagrams.address().port,
      socketFile,
      abstractName,
    };
    return new EscapeGround(target, servers, datagrams, counter);
  }

  /** Everything as it was; the listeners stay. */
  async reset(): Promise<EscapeTarget> {
    const { folder, workDir, secretFile, otherFolder, homeFolder, secret, socketFile } = this.target;
    for (const name of await readdir(folder)) {
      if (join(folder, name) !== socketFile) await rm(join(folder, name), { recursive: true, force: true });
    }
    for (const name of await readdir(homeFolder)) await rm(join(homeFolder, name), { recursive: true });
    await mkdir(workDir);
    await mkdir(otherFolder);
    await writeFile(secretFile, secret);
    await chmod(secretFile, 0o600);
    await writeFile(join(homeFolder, "key"), secret);
    await writeFile(join(folder, "module_outside.py"), `word = "${secret}"\n`);
    await symlink(secretFile, join(workDir, "to-secret"));
    await symlink(otherFolder, join(workDir, "to-other"));
    process.env["ESCAPE_SECRET"] = secret;
    this.#open ??= openSync(secretFile, "r");
    this.#counter.arrivals = 0;
    return { ...this.target, victim: await this.#livingVictim() };
  }

  async evidence(result: CodeResult): Promise<EscapeEvidence> {
    const { folder, workDir, secretFile, otherFolder, homeFolder } = this.target;
    const names = await Promise.all([folder, otherFolder, homeFolder].map((path) => readdir(path).catch(() => [])));
    const left = await readdir(workDir).catch(() => []);
    return {
      result,
      arrivals: this.#counter.arrivals,
      victimLives: this.#victim?.exitCode === null && this.#victim.signalCode === null,
      secretMode: await stat(secretFile).then(
        ({ mode }) => mode & 0o7777,
        () => 0,
      ),
      secretText: await readFile(secretFile, "utf8").catch(() => null),
      names: names.flat(),
      left: await Promise.all(left.map(async (name) => `${name} ${(await lstat(join(workDir, name))).mode.toString(8)}`)),
      isRunning,
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    delete process.env["ESCAPE_SECRET"];
    if (this.#open !== undefined) closeSync(this.#open);
    this.#victim?.kill("SIGKILL");
    this.#datagrams.close();
    for (const server of this.#servers) server.close();
    for (const folder of [this.target.folder, this.target.homeFolder]) rmSync(folder, { recursive: true, force: true });
  }

  async #livingVictim(): Promise<number> {
    const { folder, secretFile, secret } = this.target;
    this.#victim?.kill("SIGKILL");
    const input = openSync(secretFile, "r");
    const victim = spawn("sh", ["-c", "echo ready; while sleep 1; do :; done", `victim ${secret}`], {
      cwd: folder,
      env: { PATH: process.env["PATH"], ESCAPE_SECRET: secret },
      stdio: [input, "pipe", "ignore"],
    });
    closeSync(input);
    this.#victim = victim;
    if (victim.stdout !== null) await once(victim.stdout, "data");
    return victim.pid ?? 0;
  }
}

function portOf(server: Server | undefined): number {
  const address = server?.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}

/** Names of open descriptors of this process, for counting. */
export const openDescriptors = (): string[] => readdirSync("/proc/self/fd");
