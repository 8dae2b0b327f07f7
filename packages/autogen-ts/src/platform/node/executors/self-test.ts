/**
 * Proof, before first use, that a sandbox holds: code in it must fail to read a file outside, to connect to this
 * machine and to see this process's variables, and must give back its own exit code. Design: `sandbox`, section 5.
 */
import { randomUUID } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import type { Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** What the code in the sandbox shall try. */
export interface SelfTest {
  /** A folder that may be the work folder. */
  readonly workDir: string;
  /** Absolute path of a file outside of it, which holds `secret`. */
  readonly outsideFile: string;
  /** A port of this machine's loopback address with a listener. */
  readonly port: number;
  /** To be put into the environment of the sandbox's own program. */
  readonly secret: string;
}

/** What came back. */
export interface SelfTestOutcome {
  readonly exitCode: number;
  readonly output: string;
}

/** The code's own exit code in every self-test. */
export const SELF_TEST_EXIT = 7;

/** @returns undefined when the sandbox holds, else the reason why it is not used */
export async function selfTest(attempt: (test: SelfTest) => Promise<SelfTestOutcome>): Promise<string | undefined> {
  const folder = await mkdtemp(join(tmpdir(), "autogen-test-"));
  let connections = 0;
  const server = createServer((socket) => {
    connections++;
    socket.destroy();
  });
  try {
    const secret = randomUUID();
    const test = { workDir: join(folder, "work"), outsideFile: join(folder, "secret.txt"), port: await listen(server), secret };
    await mkdir(test.workDir);
    await writeFile(test.outsideFile, secret);
    const { exitCode, output } = await attempt(test);
    if (connections > 0) return "code in it could connect to this machine";
    if (output.includes(secret)) return "code in it could read a file or a variable of this machine";
    return exitCode === SELF_TEST_EXIT ? undefined : `it does not work here (exit code ${exitCode}${firstLine(output)})`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    server.close();
    await rm(folder, { recursive: true, force: true });
  }
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : 0);
    });
    server.unref();
  });
}

function firstLine(output: string): string {
  const line = output.trim().split("\n")[0] ?? "";
  return line === "" ? "" : `: ${line.slice(0, 200)}`;
}
