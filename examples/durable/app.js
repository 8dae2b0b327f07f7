// @ts-check
// A clerk who refunds orders and asks before he pays. The model is a script, so that the example runs anywhere; with a model of yours, put
// its config list in the place of `scriptedModel`.
import { AssistantAgent, defineTool, registerFunction, UserProxyAgent } from "autogen-ts";
import { conversation } from "autogen-ts/durable";
import { scriptedModel } from "autogen-ts/testing";

export const refunds = conversation(
  "refunds",
  /** @param {{ readonly order: number }} input @param {import("autogen-ts/durable").ConversationContext} context */
  async ({ order }, { id, run }) => {
    const clerk = new AssistantAgent({ name: "clerk", llmConfig: scriptedModel(answerOf, answerOf, answerOf).llmConfig });
    const shop = new UserProxyAgent({ name: "shop", humanInputMode: "NEVER", codeExecutionConfig: false });
    const refund = defineTool({
      name: "refund",
      description: "Pays the price of an order back",
      approval: "always",
      once: true,
      parameters: { type: "object", properties: { order: { type: "integer" } }, required: ["order"] },
      execute: ({ order: paid }, { idempotencyKey }) => {
        console.log(`  [process] pays order ${paid} back, with the key ${idempotencyKey}`);
        return `order ${paid} is refunded`;
      },
    });
    registerFunction(refund, { caller: clerk, executor: shop });
    const { summary } = await shop.initiateChat(clerk, { message: `Order ${order} came broken. (${id})`, run });
    return summary;
  },
);

/** Asks for the refund first, and then says what became of it. @param {Readonly<Record<string, unknown>>} request */
function answerOf(request) {
  const messages = /** @type {readonly { readonly role: string, readonly content: string }[]} */ (request["messages"]);
  console.log(`  [process] asks the model, with ${messages.length} messages`);
  const last = messages.at(-1);
  if (last?.role === "tool") return `${last.content}. TERMINATE`;
  const order = Number(/\d+/.exec(last?.content ?? "")?.[0]);
  return { tool_calls: [{ id: "call-1", function: { name: "refund", arguments: JSON.stringify({ order }) } }] };
}
