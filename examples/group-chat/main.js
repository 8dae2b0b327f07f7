// @ts-check
// A help desk: one agent passes the turn on by a tool, what it found out is shared, and a model chooses the rest.
import {
  AssistantAgent,
  contains,
  defineTool,
  GroupChat,
  GroupChatManager,
  registerFunction,
  runProgram,
  UserProxyAgent,
} from "autogen-ts";
import { modelsOfAgents } from "./replies.js";
import { printCost } from "./report.js";

const ORDERS = new Map([["1042", { customer: "Ms. Lind", item: "lamp" }]]);

await runProgram(async (signal) => {
  const models = await modelsOfAgents();
  const customer = new UserProxyAgent({ name: "customer", humanInputMode: "NEVER", codeExecutionConfig: false });
  const desk = new AssistantAgent({
    name: "desk",
    systemMessage: "Find the order, then pass the customer on.",
    llmConfig: models.desk,
  });
  const repairs = new AssistantAgent({
    name: "repairs",
    systemMessage: "You repair things. The customer is {customer}, about a {item}.",
    description: "repairs things, or replaces them",
    llmConfig: models.repairs,
  });
  const billing = new AssistantAgent({
    name: "billing",
    systemMessage: "You know prices and guarantees. Say DONE at the end. The customer is {customer}.",
    description: "knows prices and guarantees",
    llmConfig: models.billing,
  });

  const findOrder = defineTool({
    name: "find_order",
    description: "Looks up an order by its number",
    parameters: { type: "object", properties: { number: { type: "string" } }, required: ["number"] },
    execute: ({ number }, /** @type {import("autogen-ts").ToolContext} */ { variables }) => {
      const order = ORDERS.get(number);
      for (const [name, value] of Object.entries(order ?? {})) variables?.set(name, value);
      return order ?? "no such order";
    },
  });
  registerFunction(findOrder, { caller: desk, executor: customer });

  const groupChat = new GroupChat({
    agents: [customer, desk, repairs, billing],
    maxRound: 12,
    allowRepeatSpeaker: false,
    select: { output: "structured" },
    selectSpeakerAutoLlmConfig: models.chooser,
    handoffs: { desk: [{ to: "repairs" }, { to: "billing" }] },
    afterTurn: { customer: "desk" },
    contextVariables: { customer: "unknown", item: "thing" },
  });
  const manager = new GroupChatManager({ groupChat, isTerminationMsg: contains("DONE") });
  const result = await customer.initiateChat(manager, { message: "Order 1042: my lamp stays dark.", signal });
  printCost(result);
});
