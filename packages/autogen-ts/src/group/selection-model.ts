/** Whose model chooses speakers, and what it gets to see. */
import type { Message } from "../message/index.js";
import { checkLlmConfig, OpenAIWrapper, type ModelClientClass, type WrapperConfig } from "../model/index.js";
import { AutogenError, type Run } from "../run/index.js";
import type { ModelCaller } from "../chat/index.js";
import { Hooks } from "../agent/index.js";
import type { GroupChatOptions } from "./options.js";
import type { SelectingManager } from "./contract.js";

/** The model of a group's selections: its own one, or that of whoever leads the group. */
export class SelectionModel {
  readonly #config: WrapperConfig | false | null;
  readonly #classes: readonly ModelClientClass[];
  readonly #hooks: Hooks | null;
  #made: { readonly from: WrapperConfig | SelectingManager; readonly client: OpenAIWrapper } | null = null;

  constructor({
    selectSpeakerAutoLlmConfig: config = null,
    selectSpeakerAutoModelClientCls: classes = null,
    selectSpeakerTransformMessages: transform = null,
  }: GroupChatOptions) {
    if (config !== null && config !== false) checkLlmConfig(config);
    this.#config = config;
    this.#classes = classes === null ? [] : isList(classes) ? classes : [classes];
    this.#hooks = transform === null ? null : hooksOf(transform);
  }

  /** Null when there is no model. Made once, so that its usage adds up. */
  clientFor(manager: SelectingManager): ModelCaller | null {
    const own = this.#config;
    if (own === false) return null;
    if (own === null && this.#classes.length === 0) return manager.client;
    const from = own ?? manager;
    if (this.#made?.from === from) return this.#made.client;
    const config = own ?? manager.llmConfig;
    if (config === false) return null;
    const { tools: _tools, functions: _functions, ...settings } = config;
    const client = new OpenAIWrapper(settings);
    registerClasses(client, settings, this.#classes);
    this.#made = { from, client };
    return client;
  }

  /** The messages as the transforms leave them. */
  async transformed(messages: readonly Message[], run: Run): Promise<readonly Message[]> {
    return this.#hooks === null ? messages : await this.#hooks.beforeReply(messages, { run });
  }
}

/** A capability registers its hooks with an agent; here nobody but its hooks is needed. */
function hooksOf(transform: NonNullable<GroupChatOptions["selectSpeakerTransformMessages"]>): Hooks {
  const hooks = new Hooks();
  transform.addToAgent({
    name: "speaker_selection_agent",
    registerHook: (point, hook) => {
      hooks.register(point, hook);
    },
  });
  return hooks;
}

/** Every entry that asks for a class of clients by name gets the one class of that name. */
function registerClasses(client: OpenAIWrapper, config: WrapperConfig, classes: readonly ModelClientClass[]): void {
  const { config_list: list } = config as { readonly config_list?: unknown };
  const entries: readonly unknown[] = Array.isArray(list) ? list : [config];
  for (const entry of entries) {
    const { model_client_cls: name } = entry as { readonly model_client_cls?: unknown };
    if (typeof name !== "string") continue;
    const found = [...new Set(classes)].filter((one) => one.name === name);
    const [type] = found;
    if (type === undefined || found.length > 1) {
      throw new AutogenError(
        "invalid-option",
        `${found.length === 0 ? "No class" : "More than one class"} in \`selectSpeakerAutoModelClientCls\` is called \`${name}\`, as an entry of the model for selections asks for. Pass exactly one.`,
      );
    }
    client.registerModelClient(type);
  }
}

/** `readonly` lists are not narrowed by `Array.isArray` alone. */
const isList = (classes: ModelClientClass | readonly ModelClientClass[]): classes is readonly ModelClientClass[] =>
  Array.isArray(classes);
