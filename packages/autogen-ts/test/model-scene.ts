/** A scripted endpoint, a run that keeps its events, and wrappers that ask that endpoint: the stage of the model tests. */
import { createRun, type EventBody, type Host, type Run } from "../src/run/index.js";
import { OpenAIWrapper, type ConfigEntry } from "../src/model/index.js";
import { fakeHost } from "./fake-host.js";
import { modelServer, type ModelServer, type ScriptedReply } from "./model-server.js";

export const HI = [{ role: "user", content: "hi" }] as const;

/** An entry that asks the script `at`. */
export type SceneEntry = ConfigEntry & { readonly at?: string };

export interface Scene {
  readonly server: ModelServer;
  readonly run: Run;
  readonly events: readonly EventBody[];
  /** Uncached and without retries, unless the options say otherwise. */
  wrapper(entries: readonly SceneEntry[], base?: object): OpenAIWrapper;
}

export type Scripts = Readonly<Record<string, readonly (string | ScriptedReply)[]>>;

/** Plays a test against a fresh server. */
export async function scene(scripts: Scripts, play: (scene: Scene) => Promise<void>, host: Partial<Host> = {}): Promise<void> {
  const server = await modelServer(scripts);
  const events: EventBody[] = [];
  const run = createRun({
    host: fakeHost(host),
    subscribers: [({ seq: _seq, path: _path, silent: _silent, ...event }) => void events.push(event)],
  });
  const wrapper = (entries: readonly SceneEntry[], base: object = {}): OpenAIWrapper => {
    const list = entries.map(({ at = "x", ...entry }) => ({
      base_url: server.base(at),
      api_key: "test-key",
      max_retries: 0,
      ...entry,
    }));
    return new OpenAIWrapper({ config_list: list, cache_seed: null, ...base });
  };
  try {
    await play({ server, run, events, wrapper });
  } finally {
    await server.close();
  }
}

export interface Thrown extends Error {
  readonly code?: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

/** The error that `work` ends with. */
export async function thrownBy(work: Promise<unknown>): Promise<Thrown> {
  try {
    await work;
  } catch (error) {
    return error as Thrown;
  }
  throw new Error("nothing was thrown");
}
