/** Steps that are about group chats. */
import { plain } from "../map/json.mjs";
import { call } from "../map/not-available.mjs";
import { valueOf } from "../map/values.mjs";

const FEATURE = "resuming group chats";

/** @type {Record<string, import("./index.mjs").Step>} */
export const groups = {
  async resume({ manager, messages, remove_termination_string: removed, silent }, stage) {
    const { lastAgent, lastMessage } = await call(stage.agent(manager), "resume", FEATURE, valueOf(messages, stage), {
      ...(removed === undefined ? {} : { removeTerminationString: valueOf(removed, stage) }),
      ...(silent === undefined ? {} : { silent }),
    });
    stage.saved.agent = lastAgent;
    stage.saved.message = lastMessage;
    return { last_agent: { $agent: lastAgent.name }, last_message: plain(lastMessage) };
  },

  group_messages_to_string({ manager: name }, stage) {
    const manager = stage.agent(name);
    const text = call(manager, "messagesToString", FEATURE, manager.groupChat.messages);
    stage.saved.messages = text;
    return JSON.parse(text);
  },

  async select_speaker({ manager: name, last }, stage) {
    const manager = stage.agent(name);
    const speaker = await call(manager.groupChat, "selectSpeaker", "selecting speakers", stage.agent(last), manager);
    return { $agent: speaker.name };
  },
};
