/** What a request holds besides its messages, as far as the agent is known (D14-9). */
import type { TokenCounter } from "../../core.js";
import type { TransformContext } from "./transform.js";

/** The model that an agent asks first, and what goes to it with every request. */
export interface Surroundings {
  readonly model: string | null;
  /** Tokens of system message and tools. */
  tokens(counter: TokenCounter): number;
}

/** The part of an agent that is looked at; other agents than the library's own may lack it. */
interface Known {
  readonly systemMessage?: unknown;
  readonly toolOptions?: unknown;
  readonly llmConfig?: unknown;
}

export function surroundings(agent: TransformContext["agent"]): Surroundings {
  const { systemMessage, toolOptions, llmConfig } = (agent ?? {}) as Known;
  return {
    model: modelOf(llmConfig),
    tokens: (counter) => {
      const isEmpty = systemMessage === undefined || systemMessage === "";
      const system = isEmpty ? 0 : counter.message({ role: "system", content: systemMessage });
      return system + toolTokens(toolOptions, counter);
    },
  };
}

/** Tokens of descriptions of tools: as the JSON that they are sent as. */
export function toolTokens(options: unknown, counter: TokenCounter): number {
  const { tools, functions } = (options ?? {}) as { readonly tools?: unknown; readonly functions?: unknown };
  return [tools, functions].reduce<number>(
    (sum, list) => sum + (Array.isArray(list) && list.length > 0 ? counter.text(JSON.stringify(list)) : 0),
    0,
  );
}

function modelOf(llmConfig: unknown): string | null {
  if (typeof llmConfig !== "object" || llmConfig === null) return null;
  const { config_list: listed, configList = listed, model } = llmConfig as Readonly<Record<string, unknown>>;
  const first: unknown = Array.isArray(configList) ? configList[0] : undefined;
  const named = (first as { readonly model?: unknown } | undefined)?.model ?? model;
  return typeof named === "string" ? named : null;
}
