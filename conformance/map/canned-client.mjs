/** The model client that scenarios bring themselves. The library knows it by the name of its class. */
import { pick } from "./names.mjs";
import { spacedJson } from "./json.mjs";

/** @param {import("./stage.mjs").Stage} stage */
export function cannedClientClass({ events }) {
  return class CannedClient {
    #left;
    #model;

    /** @param {any} entry @param {any} [extra] */
    constructor({ model, canned = [] }, extra = {}) {
      this.#left = [...canned];
      this.#model = model;
      events.push(`canned:init:${model}:${spacedJson(extra, { sorted: true })}`);
    }

    create(params) {
      events.push(`canned:create:${spacedJson(pick(params, ["messages", "model", "temperature"]), { sorted: true })}`);
      const next = this.#left.shift() ?? "dry";
      if (next === "$error") throw new Error("the canned client fails");
      return {
        model: this.#model,
        choices: [{ index: 0, message: { role: "assistant", content: next } }],
        usage: { prompt_tokens: 3, completion_tokens: 4, total_tokens: 7 },
      };
    }

    messageRetrieval({ choices }) {
      return choices.map(({ message }) => message.content);
    }

    cost() {
      return 0.011;
    }

    getUsage() {
      return { prompt_tokens: 3, completion_tokens: 4, total_tokens: 7, cost: 0.011, model: this.#model };
    }
  };
}
