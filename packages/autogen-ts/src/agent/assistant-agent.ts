import { ConversableAgent } from "./conversable-agent.js";
import { ASSISTANT_DESCRIPTION, ASSISTANT_SYSTEM_MESSAGE } from "./default-texts.js";
import type { AgentOptions } from "./options.js";

/** An agent that solves tasks with a model, by words and by code that it does not run itself. */
export class AssistantAgent<Name extends string = string> extends ConversableAgent<Name> {
  constructor(options: AgentOptions<Name>) {
    const { systemMessage = ASSISTANT_SYSTEM_MESSAGE, description, humanInputMode = "NEVER", ...others } = options;
    const own = systemMessage === ASSISTANT_SYSTEM_MESSAGE ? ASSISTANT_DESCRIPTION : null;
    super({ ...others, systemMessage, humanInputMode, description: description ?? own });
  }
}
