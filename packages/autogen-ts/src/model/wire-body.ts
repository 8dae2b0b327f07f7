/** The exact body of a request to an OpenAI-compatible endpoint. Chapter 20, section 7. */
import { azureName, isAzure } from "./azure.js";
import type { ConfigEntry, ModelParams } from "./client.js";
import { isOpenAI } from "./endpoint.js";

/**
 * Parameters as they are sent: `stream` always explicit, never set for a prompt, and with a request for usage when
 * set. Applying it twice changes nothing. Messages are passed on uncopied.
 */
export function wireBody(params: ModelParams, entry: ConfigEntry): ModelParams {
  const { stream_options, ...rest } = params;
  const model = rest["model"] ?? entry["azure_deployment"];
  const azure = isAzure(entry);
  const deployed = typeof model === "string" && azure ? { ...rest, model: azureName(model, entry) } : rest;
  const named = azure || refusesNames(entry.base_url) ? withAcceptedNames(deployed) : deployed;
  if (params["stream"] !== true || apiOf(params) === "completion") return { ...named, stream: false };
  return { ...named, stream: true, stream_options: stream_options ?? { include_usage: true } };
}

/** The first look is cheap: this is asked for every request. */
const refusesNames = (url: string | undefined): boolean => url === undefined || (url.includes("openai.com") && isOpenAI(url));

const ACCEPTED_NAME = /^[a-zA-Z0-9_-]{1,64}$/;

/** OpenAI refuses speakers' names with blanks and the like (D10-1); other endpoints get them as they are. */
function withAcceptedNames(params: ModelParams): ModelParams {
  const messages = params["messages"];
  if (!Array.isArray(messages) || messages.every(hasAcceptedName)) return params;
  return {
    ...params,
    messages: messages.map((message: unknown) => (hasAcceptedName(message) ? message : withAcceptedName(message))),
  };
}

function hasAcceptedName(message: unknown): boolean {
  const name = nameOf(message);
  return name === undefined || ACCEPTED_NAME.test(name);
}

const withAcceptedName = (message: unknown): object => ({
  ...(message as object), // It has a name, so it is an object.
  name:
    nameOf(message)
      ?.replaceAll(/[^a-zA-Z0-9_-]/g, "_")
      .slice(0, 64) || "_",
});

function nameOf(message: unknown): string | undefined {
  const name = typeof message === "object" && message !== null && "name" in message ? message.name : undefined;
  return typeof name === "string" ? name : undefined;
}

/** Which call these parameters are for. */
export function apiOf(params: ModelParams): "chat" | "completion" {
  return params["messages"] === undefined ? "completion" : "chat";
}

/** The model that a request names; `""` when it names none. */
export function modelOf(body: ModelParams): string {
  const { model } = body;
  return typeof model === "string" ? model : "";
}
