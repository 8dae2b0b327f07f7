/** What servers offer besides tools: resources to read, prompts to fill in. */
import type { Client, RequestOptions } from "@modelcontextprotocol/client";
import type { MessageDraft } from "../../core.js";
import { cleanText } from "./clean-text.js";
import type { ResolvedLimits } from "./options.js";
import { textOfResource } from "./result.js";
import { draftOf } from "./sampling.js";

/** Something that can be read. All texts are the server's, cleaned and cut. */
export interface McpResource {
  readonly uri: string;
  readonly name: string;
  readonly description: string;
  /** "" when unknown. */
  readonly mimeType: string;
}

/** A family of resources. */
export interface McpTemplate {
  /** RFC 6570, for example `file:///{path}`. */
  readonly uriTemplate: string;
  readonly name: string;
  readonly description: string;
}

/** A prompt that can be filled in. */
export interface McpPromptInfo {
  readonly name: string;
  readonly description: string;
  readonly arguments: readonly { readonly name: string; readonly description: string; readonly required: boolean }[];
}

/** A prompt, filled in. */
export interface McpPrompt {
  readonly description: string;
  readonly messages: readonly MessageDraft[];
}

/** Asks one live client. */
export type Reader<T> = (client: Client, options: RequestOptions) => Promise<T>;

const text = (value: string | undefined, { descriptionCharacters }: ResolvedLimits): string =>
  cleanText(value ?? "", descriptionCharacters).text;

/** All resources. */
export const readResources =
  (limits: ResolvedLimits): Reader<readonly McpResource[]> =>
  async (client, options) => {
    const { resources } = await client.listResources(undefined, { ...options, cacheMode: "refresh" });
    return resources.map(({ uri, name, title, description, mimeType = "" }) => ({
      uri,
      name: text(title ?? name, limits),
      description: text(description, limits),
      mimeType,
    }));
  };

/** All patterns of addresses. */
export const readTemplates =
  (limits: ResolvedLimits): Reader<readonly McpTemplate[]> =>
  async (client, options) => {
    const { resourceTemplates } = await client.listResourceTemplates(undefined, { ...options, cacheMode: "refresh" });
    return resourceTemplates.map(({ uriTemplate, name, title, description }) => ({
      uriTemplate,
      name: text(title ?? name, limits),
      description: text(description, limits),
    }));
  };

/** All prompts. */
export const readPrompts =
  (limits: ResolvedLimits): Reader<readonly McpPromptInfo[]> =>
  async (client, options) => {
    const { prompts } = await client.listPrompts(undefined, { ...options, cacheMode: "refresh" });
    return prompts.map(({ name, description, arguments: given = [] }) => ({
      name,
      description: text(description, limits),
      arguments: given.map((one) => ({
        name: one.name,
        description: text(one.description, limits),
        required: one.required ?? false,
      })),
    }));
  };

/** One prompt, filled in by the server. */
export const readPrompt =
  (name: string, args: Readonly<Record<string, string>>, limits: ResolvedLimits): Reader<McpPrompt> =>
  async (client, options) => {
    const { description, messages } = await client.getPrompt({ name, arguments: { ...args } }, options);
    return {
      description: text(description, limits),
      messages: messages.map(({ role, content }): MessageDraft => {
        if (content.type === "resource") return { role, content: textOfResource(content.resource) };
        if (content.type === "resource_link") return { role, content: `[${content.name}](${content.uri})` };
        return draftOf({ role, content });
      }),
    };
  };
