/** Tools of the AI SDK as tools of agents. */
import { AutogenError, resultText, type Json } from "../../core.js";
import { bridgedTool, checkedArguments, jsonSchemaOf, legalName, type BridgeContext, type BridgedTool } from "./bridged-tool.js";

/** What is used of a tool of the AI SDK (`ai` 5 and later): `tool(…)`, `dynamicTool(…)`. */
export interface AiSdkTool {
  readonly description?: string | undefined;
  readonly inputSchema: unknown;
  // Methods, so that tools with narrower arguments fit; arguments are checked before.
  execute?(input: never, options: never): unknown;
  readonly needsApproval?: unknown;
  toModelOutput?(options: never): unknown;
}

/** Options of `fromAiSdk`. */
export interface AiSdkOptions {
  /** Asked when the tool says that it needs an approval; without it such calls are refused. @default none */
  readonly approve?: (name: string, input: unknown) => boolean | Promise<boolean>;
}

/**
 * A tool of the AI SDK as one of an agent. Arguments are checked against its schema; the chat's signal reaches it as
 * `abortSignal`. Of values that come one after another the last is for the model, the others are progress events.
 *
 * @throws AutogenError `invalid-option` for a tool without `execute`, or a schema that has no JSON Schema
 */
export function fromAiSdk(name: string, tool: AiSdkTool, { approve }: AiSdkOptions = {}): BridgedTool {
  if (typeof tool?.execute !== "function") {
    throw new AutogenError(
      "invalid-option",
      `The tool \`${name}\` of the AI SDK has no \`execute\`: it can only be run by a client.`,
    );
  }
  const { description, inputSchema } = tool;
  const legal = legalName(name);
  return bridgedTool({
    name: legal,
    description: description === undefined || description === "" ? name : description,
    parameters: jsonSchemaOf(inputSchema, name),
    execute: async (args, context = {}) => {
      const input = await checkedArguments(inputSchema, args);
      const options = { toolCallId: context.toolCallId ?? "", messages: [], abortSignal: context.signal };
      if ((await needsApproval(tool, input, options)) && (await approve?.(legal, input)) !== true) {
        throw new AutogenError(
          "unsupported",
          `The call of \`${legal}\` needs an approval, and was not approved. It was not run.`,
        );
      }
      const output = await lastOf(tool.execute?.(input as never, options as never), legal, context);
      return await modelOutput(tool, { toolCallId: options.toolCallId, input, output });
    },
  });
}

/** All tools of a set, under their keys. @throws as `fromAiSdk` does */
export function fromAiSdkTools(tools: Readonly<Record<string, AiSdkTool>>, options: AiSdkOptions = {}): BridgedTool[] {
  return Object.entries(tools).map(([name, tool]) => fromAiSdk(name, tool, options));
}

async function needsApproval({ needsApproval: needed }: AiSdkTool, input: unknown, options: object): Promise<boolean> {
  if (typeof needed !== "function") return needed === true;
  return (await (needed as (input: unknown, options: object) => unknown)(input, options)) !== false;
}

/** Values that come one after another: all but the last are progress. */
async function lastOf(given: unknown, tool: string, { run, agent, toolCallId: callId }: BridgeContext): Promise<unknown> {
  const value = await given;
  if (typeof value !== "object" || value === null || !(Symbol.asyncIterator in value)) return value;
  let last: unknown;
  let count = 0;
  // The type says that there is an iterator; what it gives is unknown.
  for await (const piece of value as AsyncIterable<unknown>) {
    if (count > 0) {
      const update = JSON.parse(JSON.stringify(last ?? null)) as Json;
      run?.emit({ type: "tool.progress", agent: agent?.name ?? "", tool, update, ...(callId === undefined ? {} : { callId }) });
    }
    last = piece;
    count += 1;
  }
  return last;
}

/** What the tool wants the model to read, if it says so. */
async function modelOutput(
  tool: AiSdkTool,
  result: { readonly output: unknown; readonly [more: string]: unknown },
): Promise<unknown> {
  if (tool.toModelOutput === undefined) return result.output;
  const said = (await tool.toModelOutput(result as never)) as { readonly type?: unknown; readonly value?: unknown } | undefined;
  if (said?.type === "error-text" || said?.type === "error-json") throw new AutogenError("unsupported", resultText(said.value));
  return said !== undefined && "value" in said ? said.value : result.output;
}
