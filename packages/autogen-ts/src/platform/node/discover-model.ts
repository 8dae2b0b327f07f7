/** Finds a model on this machine, in the order in which people configure one. */
import { existsSync } from "node:fs";
import type { ConfigEntry } from "../../model/index.js";
import { configListFromJson } from "./config/index.js";

/** A model that was found on this machine. */
export interface DiscoveredModel {
  readonly configList: readonly ConfigEntry[];
  /** Where it was found, for people: for example `OAI_CONFIG_LIST (2 entries)`. */
  readonly source: string;
}

/** Local servers that speak the OpenAI protocol, at the addresses where they listen unless told otherwise. */
const LOCAL_SERVERS = [
  { name: "Ollama", url: "http://127.0.0.1:11434/v1" },
  { name: "LM Studio", url: "http://127.0.0.1:1234/v1" },
] as const;
const PROBE_TIMEOUT_MS = 500;

/** The ways to configure a model, for an error message. */
export const MODEL_HELP = `No model is configured. Any one of these will do:
  1. a file OAI_CONFIG_LIST in this folder, or a variable of that name: [{"model": "gpt-4o-mini", "api_key": "…"}]
  2. the variable OPENAI_API_KEY
  3. a running Ollama server (http://127.0.0.1:11434) with a model pulled
  4. a running LM Studio server (http://127.0.0.1:1234) with a model loaded`;
const DEFAULT_OPENAI_MODEL = "gpt-4o-mini";

/**
 * Looks for `OAI_CONFIG_LIST` (variable or file), then `OPENAI_API_KEY`, then a local server that answers.
 * Asks nobody but this machine.
 *
 * @returns null when there is none; `MODEL_HELP` says how to configure one
 * @throws AutogenError `invalid-config` when a config list exists but cannot be read
 */
export async function discoverModel(): Promise<DiscoveredModel | null> {
  if ((process.env["OAI_CONFIG_LIST"] ?? "") !== "" || existsSync("OAI_CONFIG_LIST")) {
    const configList = await configListFromJson("OAI_CONFIG_LIST");
    return { configList, source: `OAI_CONFIG_LIST, ${configList.map(({ model }) => model ?? "(no model)").join(", ")}` };
  }
  if ((process.env["OPENAI_API_KEY"] ?? "") !== "") {
    const model = process.env["OPENAI_MODEL"] ?? DEFAULT_OPENAI_MODEL;
    return { configList: [{ model }], source: `OPENAI_API_KEY, ${model}` };
  }
  for (const { name, url } of LOCAL_SERVERS) {
    const model = await firstModelAt(url);
    if (model !== null)
      return { configList: [{ model, base_url: url, api_key: "not-needed" }], source: `${name} at ${url}, ${model}` };
  }
  return null;
}

async function firstModelAt(url: string): Promise<string | null> {
  try {
    const response = await fetch(`${url}/models`, { signal: AbortSignal.timeout(PROBE_TIMEOUT_MS) });
    if (!response.ok) return null;
    const body = (await response.json()) as { readonly data?: readonly { readonly id?: unknown }[] } | null;
    const id = body?.data?.[0]?.id;
    return typeof id === "string" ? id : null;
  } catch {
    // Nothing listens there, or something else does: then it is no model server.
    return null;
  }
}
