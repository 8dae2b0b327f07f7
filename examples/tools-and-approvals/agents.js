// @ts-check
// The agents and their tool, as each start of the program makes them.
import { AssistantAgent, defineTool, discoverModel, registerFunction, UserProxyAgent } from "autogen-ts";
import { scriptedModel } from "autogen-ts/testing";
import { z } from "zod";

const refund = defineTool({
  name: "refund",
  description: "Refunds an order",
  parameters: z.object({
    order: z.number().int().describe("number of the order"),
    amount: z.number().positive().describe("in euros"),
    reason: z.string().default("complaint"),
  }),
  timeoutMs: 10_000,
  approval({ args }) {
    const amount = Number(args["amount"]);
    if (amount <= 20) return "approve";
    return amount > 1000 ? { deny: "more than 1000 euros are never refunded" } : "ask";
  },
  async *execute({ order, amount, reason }) {
    yield `looking up order ${order}`;
    yield { order, refunded: amount, reason };
  },
});

export async function makeAgents() {
  const found = await discoverModel();
  console.log(`Model: ${found?.source ?? "none configured; the clerk's words are written by hand, all else is real"}.`);
  const llmConfig = found === null ? script.llmConfig : { config_list: found.configList };
  const clerk = new AssistantAgent({
    name: "clerk",
    systemMessage: "You refund orders with the tool. When all is settled, sum up, and end with TERMINATE.",
    llmConfig,
  });
  const shop = new UserProxyAgent({
    name: "shop",
    humanInputMode: "NEVER",
    codeExecutionConfig: false,
    toolExecution: { approver: "later", parallel: true },
  });
  registerFunction(refund, { caller: clerk, executor: shop });
  return { clerk, shop };
}

/** @param {string} id @param {string} text */
const call = (id, text) => ({ id, type: /** @type {const} */ ("function"), function: { name: "refund", arguments: text } });

/** What a model might say: its first call has no amount and a comma too many, one of the next a code fence around it. */
const turns = [
  { tool_calls: [call("first", '{"order": 17,}')] },
  {
    tool_calls: [
      call("order-17", '{"order": 17, "amount": 120, "reason": "broken"}'),
      call("order-18", '{"order": 18, "amount": 10}'),
      call("order-19", '```json\n{"order": 19, "amount": 5000}\n```'),
    ],
  },
];

/** Each process of the story has a script of its own, so the conversation says which turn it is. */
const script = scriptedModel(say, say, say);

/** @param {{ readonly messages?: unknown }} request */
function say({ messages }) {
  const said = /** @type {readonly { role: string, content: string }[]} */ (messages);
  const next = turns[said.filter(({ role }) => role === "assistant").length];
  if (next !== undefined) return next;
  const refunded = said.filter(({ role, content }) => role === "tool" && content.includes('"refunded":')).length;
  return `${refunded} of 3 refunds are on their way. TERMINATE`;
}
