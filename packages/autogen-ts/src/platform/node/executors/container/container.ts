/** One container from its making to its end. It is made on first use, and again after it had to be ended. */
import { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { setTimeout as wait } from "node:timers/promises";
import { AutogenError } from "../../../../run/index.js";
import { createRequest, fingerprint, LABEL } from "./create-request.js";
import type { ContainerSpec } from "./create-request.js";
import type { ContainerEngine } from "./engine.js";

/** What can be known of a container without asking the code in it. */
export interface ContainerState {
  readonly status: string;
  readonly outOfMemory: boolean;
  readonly labels: Readonly<Record<string, unknown>>;
}

/** A running container. */
export class Container {
  readonly id: string;
  readonly #engine: ContainerEngine;
  readonly #autoRemove: boolean;
  /** The container ends when this connection does. */
  readonly #input: Duplex | undefined;

  private constructor(engine: ContainerEngine, id: string, autoRemove: boolean, input: Duplex | undefined) {
    this.#engine = engine;
    this.id = id;
    this.#autoRemove = autoRemove;
    this.#input = input;
  }

  /**
   * A container of this name that runs: a new one, or the one that is there, if it was made from the same.
   *
   * @throws AutogenError `executor-failed` when another container has the name
   */
  static async start(engine: ContainerEngine, name: string, spec: ContainerSpec, signal?: AbortSignal): Promise<Container> {
    const path = `/containers/create?name=${encodeURIComponent(name)}`;
    const { status, body } = await engine.call("POST", path, { body: createRequest(spec), expect: [409, 500], signal });
    const isNew = status < 400;
    if (!isNew && !isNameTaken(status, body)) {
      throw new AutogenError("executor-failed", `The container engine made no container: ${wordsIn(body)}`, {
        details: { status },
      });
    }
    const id = isNew ? textIn(body, "Id") : await reusable(engine, name, spec);
    let input: Duplex | undefined;
    try {
      if (spec.endsWithInput) input = await engine.upgrade(`/containers/${id}/attach?stream=1&stdin=1`, { signal });
      await engine.call("POST", `/containers/${id}/start`, { signal });
    } catch (error) {
      input?.destroy();
      if (isNew) await engine.call("DELETE", `/containers/${id}?force=true`, { expect: [404, 409] }).catch(() => {});
      throw error; // the first problem says more than one of cleaning up
    }
    if (input instanceof Socket) input.unref(); // an idle container does not keep this process
    return new Container(engine, id, spec.autoRemove, input);
  }

  /** @returns undefined when it is gone */
  async state(): Promise<ContainerState | undefined> {
    return stateOf(this.#engine, this.id);
  }

  /** Ends everything in it at once, and removes it if it was to be removed at its end. Harmless when it is gone. */
  async kill(): Promise<void> {
    if (this.#autoRemove) return this.remove();
    await this.#engine.call("POST", `/containers/${this.id}/kill`, { expect: [404, 409, 500] });
    this.#input?.destroy();
  }

  /** An engine that is just ending or removing it by itself refuses: then the end is what we wait for. */
  async remove(): Promise<void> {
    for (let attempt = 0; ; attempt++) {
      const expect = attempt < MOST_ATTEMPTS ? [404, 409, 500] : [404];
      const { status } = await this.#engine.call("DELETE", `/containers/${this.id}?force=true&v=true`, { expect });
      if (status < 400 || status === 404) break;
      await wait(RETRY_MS);
    }
    this.#input?.destroy();
  }
}

const MOST_ATTEMPTS = 50;
const RETRY_MS = 50;

/** Docker answers 409; Podman answered 500 for long. */
const isNameTaken = (status: number, body: unknown): boolean => status === 409 || /name .*in use/.test(wordsIn(body));

function wordsIn(body: unknown): string {
  const message = typeof body === "object" && body !== null && "message" in body ? body.message : body;
  return typeof message === "string" ? message.slice(0, 500) : "no reason given";
}

async function reusable(engine: ContainerEngine, name: string, spec: ContainerSpec): Promise<string> {
  const path = `/containers/${encodeURIComponent(name)}/json`;
  const { body } = await engine.call("GET", path, { expect: [404] });
  const state = asState(body);
  if (state?.labels[LABEL] === fingerprint(spec) && !spec.endsWithInput) return textIn(body, "Id");
  throw new AutogenError(
    "executor-failed",
    `There is a container \`${name}\` already, made from something else or in use. Remove it, or choose another \`containerName\`.`,
  );
}

async function stateOf(engine: ContainerEngine, id: string): Promise<ContainerState | undefined> {
  const { status, body } = await engine.call("GET", `/containers/${id}/json`, { expect: [404] });
  return status === 404 ? undefined : asState(body);
}

function asState(body: unknown): ContainerState | undefined {
  const state = recordIn(body, "State");
  if (state === undefined) return undefined;
  return {
    status: typeof state["Status"] === "string" ? state["Status"] : "unknown",
    outOfMemory: state["OOMKilled"] === true,
    labels: recordIn(recordIn(body, "Config"), "Labels") ?? {},
  };
}

function recordIn(value: unknown, key: string | number): Readonly<Record<string, unknown>> | undefined {
  const found =
    typeof value === "object" && value !== null ? (value as Readonly<Record<string | number, unknown>>)[key] : undefined;
  return typeof found === "object" && found !== null ? (found as Readonly<Record<string, unknown>>) : undefined;
}

/** @throws AutogenError `executor-failed` when the engine's answer lacks it */
export function textIn(body: unknown, key: string): string {
  const found = typeof body === "object" && body !== null ? (body as Readonly<Record<string, unknown>>)[key] : undefined;
  if (typeof found === "string") return found;
  throw new AutogenError("executor-failed", `The container engine's answer lacks \`${key}\`.`);
}
