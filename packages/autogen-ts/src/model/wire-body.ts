/** The exact body of a request to an OpenAI-compatible endpoint. Chapter 20, section 7. */
import { azureName, isAzure } from "./azure.js";
import type { ConfigEntry, ModelParams } from "./client.js";

/**
 * Parameters as they are sent: `stream` always explicit, never set for a prompt, and with a request for usage when
 * set. Applying it twice changes nothing. Messages are passed on uncopied.
 */
export function wireBody(params: ModelParams, entry: ConfigEntry): ModelParams {
  const { stream_options, ...rest } = params;
  const model = rest["model"] ?? entry["azure_deployment"];
  const named = typeof model === "string" && isAzure(entry) ? { ...rest, model: azureName(model, entry) } : rest;
  if (params["stream"] !== true || apiOf(params) === "completion") return { ...named, stream: false };
  return { ...named, stream: true, stream_options: stream_options ?? { include_usage: true } };
}

/** Which call these parameters are for. */
export function apiOf(params: ModelParams): "chat" | "completion" {
  return params["messages"] === undefined ? "completion" : "chat";
}
