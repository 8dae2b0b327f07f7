/** A tool that people are asked about before it runs, and calls of it. */
import { defineTool, type ApprovalPolicy, type Tool } from "../src/index.js";

/** A call of `send` as a model makes it. */
export const call = (to: string, id = "c1"): object => ({ id, function: { name: "send", arguments: JSON.stringify({ to }) } });

/** A tool that notes whom it has written to. */
export function sending(sent: unknown[], approval: ApprovalPolicy = "always"): Tool {
  return defineTool({
    name: "send",
    description: "Sends a mail",
    parameters: { type: "object", properties: { to: { type: "string" } }, required: ["to"] },
    approval,
    execute: ({ to }) => {
      sent.push(to);
      return `sent to ${to}`;
    },
  });
}

/** What a model reads first of a call that was denied. */
export const DENIED = "Error: the call of send was denied, so it was not run.";
