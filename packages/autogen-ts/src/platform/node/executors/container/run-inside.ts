/** Runs one program in a running container: its output, its time, its limits. */
import type { IncomingMessage } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import type { ExecuteCodeOptions } from "../../../../code/index.js";
import { AutogenError } from "../../../../run/index.js";
import { CapturedText } from "../captured-text.js";
import { EarlyEnd } from "../early-end.js";
import type { ProcessOutcome } from "../run-process.js";
import { textIn } from "./container.js";
import type { Container } from "./container.js";
import type { ContainerEngine } from "./engine.js";
import { FrameReader } from "./frames.js";

/** What to run, and within which limits. */
export interface InsideRequest {
  readonly engine: ContainerEngine;
  readonly container: Container;
  readonly command: readonly string[];
  readonly timeoutMs: number;
  readonly maxOutputBytes: number;
}

/** Killed with everything around it when a limit is reached; the container is gone then. */
export async function runInside(request: InsideRequest, { signal, onOutput }: ExecuteCodeOptions): Promise<ProcessOutcome> {
  const { engine, container, command } = request;
  let response: IncomingMessage | undefined;
  let killed: Promise<void> | undefined;
  const onEnd = (): void => {
    response?.destroy();
    killed = container.kill();
    killed.catch(() => {}); // awaited below
  };
  const early = new EarlyEnd({ timeoutMs: request.timeoutMs, signal, onEnd });
  const onLimit = (): void => early.by("output-limit");
  const output = new CapturedText({ maxOutputBytes: request.maxOutputBytes, onOutput, onLimit });
  const frames = new FrameReader((bytes, stream) => output.add(bytes, stream));
  try {
    const created = await engine.call("POST", `/containers/${container.id}/exec`, {
      body: { AttachStdout: true, AttachStderr: true, Cmd: command },
    });
    const id = textIn(created.body, "Id");
    response = await engine.open("POST", `/exec/${id}/start`, { body: { Detach: false, Tty: false } });
    if (early.reason === undefined) await readFrames(response, frames);
    if (early.reason === undefined) {
      return { end: "exit", exitCode: await exitCodeOf(engine, id), stdout: output.text(), stderr: "" };
    }
  } catch (error) {
    if (early.reason === undefined) throw error; // an end that we caused looks like a broken connection
  } finally {
    early.close();
    response?.destroy();
    await killed;
  }
  return { end: early.reason ?? "exit", exitCode: KILLED, stdout: output.text(), stderr: "" };
}

const KILLED = 137;

async function readFrames(response: IncomingMessage, frames: FrameReader): Promise<void> {
  if (response.statusCode !== 200 && response.statusCode !== 101) {
    throw new AutogenError(
      "executor-failed",
      `The container engine did not start the code (status ${response.statusCode ?? 0}).`,
    );
  }
  for await (const chunk of response as AsyncIterable<Buffer>) frames.add(chunk);
}

/** Docker may close the output a moment before it knows the exit code. */
async function exitCodeOf(engine: ContainerEngine, id: string): Promise<number> {
  for (let attempt = 0; ; attempt++) {
    const { status, body } = await engine.call("GET", `/exec/${id}/json`, { expect: [404] });
    const { Running: isRunning, ExitCode: code } = (body ?? {}) as { readonly Running?: unknown; readonly ExitCode?: unknown };
    if (isRunning !== true && typeof code === "number") return code;
    if (status === 404 || attempt >= MOST_LOOKS) return KILLED; // the container went, and the code with it
    await wait(LOOK_AGAIN_MS);
  }
}

const MOST_LOOKS = 50;
const LOOK_AGAIN_MS = 20;
