/** Conversations of every form that the library has, over the service of `stub.ts`. Agents know nothing of being durable. */
import type * as Library from "../../src/index.js";
import type { CodeExecutor, Message } from "../../src/index.js";
import type * as Durable from "../../src/features/durable/index.js";
import type { AnyConversation, ConversationContext } from "../../src/features/durable/index.js";

export interface Input {
  readonly url: string;
  readonly turns: number;
}

/** What people are asked in each form, so that all questions can be answered. */
export const ANSWER = "go on";

export function conversations(library: typeof Library, durable: typeof Durable): Readonly<Record<string, AnyConversation>> {
  const { AssistantAgent, UserProxyAgent, GroupChat, GroupChatManager, contentText, defineTool, registerFunction } = library;

  const llmConfig = (
    model: string,
    { url }: Input,
    { id }: ConversationContext,
  ): NonNullable<Library.AgentOptions["llmConfig"]> => ({
    config_list: [{ model, api_key: "none", base_url: `${url}/${id}/v1`, price: [0, 0] }],
    cache_seed: null,
  });
  const bot = (name: string, input: Input, context: ConversationContext) =>
    new AssistantAgent({ name, llmConfig: llmConfig(name, input, context) });
  const user = (name = "user", more: Partial<Library.AgentOptions> = {}) =>
    new UserProxyAgent({
      name,
      humanInputMode: "NEVER",
      codeExecutionConfig: false,
      defaultAutoReply: `${name} goes on`,
      ...more,
    });
  const texts = (messages: readonly Message[]) => messages.map(({ content, name }) => `${name ?? ""}: ${contentText(content)}`);
  const done = async (url: string, id: string, key: string) =>
    await (await fetch(`${url}/${id}/do/${encodeURIComponent(key)}`)).text();

  const two = durable.conversation("two", async (input: Input, context) => {
    const [asking, answering] = [user(), bot("answerer", input, context)];
    const buy = defineTool({
      ...{ name: "buy", description: "Buys", parameters: { type: "object", properties: { item: { type: "integer" } } } },
      execute: async (_args, { idempotencyKey = "" }) => await done(input.url, context.id, idempotencyKey),
    });
    registerFunction(buy, { caller: answering, executor: asking });
    return texts(
      (await asking.initiateChat(answering, { message: "start", maxTurns: input.turns, run: context.run })).chatHistory,
    );
  });

  const group = durable.conversation("group", async (input: Input, context) => {
    const members = [user(), bot("ann", input, context), bot("bob", input, context)];
    const groupChat = new GroupChat({ agents: members, maxRound: input.turns, speakerSelectionMethod: "auto" });
    const manager = new GroupChatManager({ groupChat, llmConfig: llmConfig("chooser", input, context) });
    await members[0]?.initiateChat(manager, { message: "start", run: context.run });
    return texts(groupChat.messages);
  });

  const row = durable.conversation("row", async (input: Input, context) => {
    const sender = user();
    const entries = ["first", "second", "third"].map((name) => ({
      ...{ recipient: bot(name, input, context), message: name, maxTurns: 2, summaryMethod: "last_msg" as const },
    }));
    return (await sender.initiateChats(entries, { run: context.run })).map(({ summary }) => String(summary));
  });

  const beside = durable.conversation("beside", async (input: Input, context) => {
    const entries = ["one", "two", "three"].map((name, index) => ({
      ...{ chatId: index, sender: user(`user-${name}`), recipient: bot(name, input, context), message: name, maxTurns: 3 },
    }));
    const results = await library.initiateChatsAsync(entries, { run: context.run });
    return [...results.values()].flatMap(({ chatHistory }) => texts(chatHistory));
  });

  const nested = durable.conversation("nested", async (input: Input, context) => {
    const asking = user();
    const writer = new AssistantAgent({ name: "writer", llmConfig: false });
    const critic = bot("critic", input, context);
    const message = (_recipient: unknown, messages: readonly Message[] = []) => `after ${String(messages.length)} messages`;
    writer.registerNestedChats([{ recipient: critic, message, maxTurns: 2, summaryMethod: "last_msg" }], { trigger: asking });
    return texts((await asking.initiateChat(writer, { message: "start", maxTurns: 3, run: context.run })).chatHistory);
  });

  const branches = durable.conversation("branches", async ({ url }: Input, { id, run }) => {
    const branch = (name: string) => async () => {
      const part = run.child(name);
      const gave: unknown[] = [];
      for (let index = 0; index < 20; index += 1)
        gave.push(
          await part.perform("io", "shop", { index }, async ({ idempotencyKey = "" }) => await done(url, id, idempotencyKey)),
        );
      return gave.length;
    };
    return await run.join(["a", "b", "c"].map(branch));
  });

  const people = durable.conversation("people", async (input: Input, context) => {
    const asking = user("boss", { humanInputMode: "ALWAYS", toolExecution: { approval: "always" } });
    const answering = bot("clerk", input, context);
    const { chatHistory } = await asking.initiateChat(answering, { message: "start", maxTurns: 4, run: context.run });
    return texts(chatHistory);
  });

  const code = durable.conversation("code", async (input: Input, context) => {
    const executor: CodeExecutor = {
      name: "counting",
      isolated: true,
      restart: async () => undefined,
      codeExtractor: { extractCodeBlocks: () => [{ language: "python", code: "print(1)" }] },
      executeCodeBlocks: async (_blocks, { idempotencyKey = "" } = {}) => ({
        exitCode: 0,
        output: await done(input.url, context.id, idempotencyKey),
      }),
    };
    const asking = user("runner", { codeExecutionConfig: { executor } });
    const { chatHistory } = await asking.initiateChat(bot("coder", input, context), {
      ...{ message: "start", maxTurns: 4, run: context.run },
    });
    return texts(chatHistory);
  });

  return { two, group, row, beside, nested, branches, people, code };
}
