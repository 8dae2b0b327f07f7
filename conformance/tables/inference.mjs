/** Prices, templates and parameters of requests. */
import { exported } from "../map/not-available.mjs";

/** @type {Record<string, import("./index.mjs").TableFunction>} */
export const inference = {
  cost: async ([model, prompt, completion, price]) => {
    const known = await exported("priceOf", "prices")(model, price === undefined ? {} : { price });
    return exported("computeCost", "prices")({ prompt_tokens: prompt ?? 0, completion_tokens: completion ?? 0 }, known) ?? 0;
  },
  instantiate: ([template, context, allow]) => exported("instantiate", "templates")(template, context, allow),
  should_hide_tools: ([messages, tools, rule]) => exported("shouldHideTools", "hiding tools")(messages, tools, rule),
  validate_parameter: ([params, name, types, allowNull, fallback, bounds, allowed]) =>
    exported("validateParameter", "checking parameters")(params, name, { types, allowNull, default: fallback, bounds, allowed }),
  async_chat_order: ([ids, pairs]) => {
    const order = exported("chatOrder", "chats with prerequisites");
    return order(
      ids.map((chatId) => ({ chatId, prerequisites: pairs.filter(([chat]) => chat === chatId).map(([, needed]) => needed) })),
    );
  },
  num_tokens_from_functions: ([functions, model], kwargs) =>
    exported("numTokensFromFunctions", "counting tokens")(functions, kwargs.model ?? model),
};
