import { ConversableAgent } from "./conversable-agent.js";
import { USER_PROXY_DESCRIPTIONS } from "./default-texts.js";
import type { AgentOptions } from "./options.js";

/** An agent that stands for the user: it asks a human, and runs code. It has no model unless given one. */
export class UserProxyAgent<Name extends string = string> extends ConversableAgent<Name> {
  constructor(options: AgentOptions<Name>) {
    const { humanInputMode = "ALWAYS", codeExecutionConfig = {}, systemMessage = "", description, ...others } = options;
    super({
      ...others,
      humanInputMode,
      codeExecutionConfig,
      systemMessage,
      description: description ?? USER_PROXY_DESCRIPTIONS[humanInputMode],
    });
  }
}
