/** How messages are stored, and texts made of values. */
import { plain } from "../map/json.mjs";
import { call, exported, library } from "../map/not-available.mjs";
import { toolOf } from "../steps/tools.mjs";

/** A sends to, or gets from, B; what A stores is asked for. */
async function stored(message, direction) {
  const [a, b] = ["a", "b"].map((name) => new library.ConversableAgent({ name, humanInputMode: "NEVER" }));
  const [from, to] = direction === "sent" ? [a, b] : [b, a];
  let valid = true;
  try {
    await from.send(message, to, false, true);
  } catch (error) {
    if (error?.code !== "invalid-message") throw error;
    valid = false;
  }
  return { valid, stored: plain(a.chatMessages.get(b)) };
}

/** @type {Record<string, import("./index.mjs").TableFunction>} */
export const messages = {
  sent_message: ([message]) => stored(message, "sent"),
  received_message: ([message]) => stored(message, "received"),
  default_termination: ([message]) => library.isTermination(message),
  carryover: ([message, carryover]) => library.withCarryover(message, carryover),
  normalize_name: ([name]) => library.normalizeName(name),
  assert_valid_name: ([name]) => {
    // Who runs tools checks their names.
    call(new library.ConversableAgent({ name: "a" }), "registerFunctionMap", "changing function maps", { [name]: () => null });
    return name;
  },
  format_json_str: ([text]) => {
    const repair = exported("formatJsonStr", "repairing JSON");
    return repair(text);
  },
  serialize_to_str: ([value]) => library.resultText(value),
  tool_schema: ([name], _kwargs, stage) => {
    const llmConfig = { config_list: [{ model: "m", api_key: "k" }], cache_seed: null };
    const agent = new library.ConversableAgent({ name: "a", llmConfig });
    call(agent, "registerForLlm", "tool registration", toolOf(name, stage));
    return agent.toolOptions.tools[0];
  },
};
