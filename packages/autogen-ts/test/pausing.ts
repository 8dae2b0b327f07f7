/** Agents that come to a call which needs an approval, deep inside of what they do: the same program today and tomorrow. */
import {
  AssistantAgent,
  ConversableAgent,
  GroupChat,
  GroupChatManager,
  initiateChats,
  memoryStream,
  SocietyOfMindAgent,
  UserProxyAgent,
  type Agent,
  type AgentState,
  type Approver,
  type ChatResult,
  type QueueResults,
} from "../src/index.js";
import { scriptedModel } from "../src/features/testing/index.js";
import { call, sending } from "./sending.js";

/** Whatever a scenario gives: one result, or several. */
export type Outcome = ChatResult | readonly ChatResult[];

/** A program with its agents. */
export interface Staging {
  /** All that take part. */
  readonly agents: readonly ConversableAgent[];
  /** Runs the tool. */
  readonly hand: ConversableAgent;
  /** Begins, or goes on with what an earlier call gave. */
  start(earlier?: Outcome): Promise<Outcome>;
}

/** A model that looks at the last message only, so that it answers tomorrow as it would have today. */
function model(answer: (last: string, role: string) => string | object): ReturnType<typeof scriptedModel>["llmConfig"] {
  const reply = ({ messages }: { readonly messages?: unknown }): never => {
    const { content, role } = (messages as readonly { readonly content: string; readonly role: string }[]).at(-1) ?? {
      content: "",
      role: "",
    };
    return answer(content, role) as never; // A text, or a message.
  };
  return scriptedModel(...Array.from({ length: 30 }, () => reply)).llmConfig;
}

class Cast {
  readonly agents: ConversableAgent[] = [];
  readonly hand: ConversableAgent;
  readonly clerk: ConversableAgent;
  readonly user: UserProxyAgent;

  constructor(approver: Approver, sent: unknown[]) {
    this.hand = this.add(
      new ConversableAgent({ name: "hand", humanInputMode: "NEVER", defaultAutoReply: "go on", toolExecution: { approver } }),
    );
    this.clerk = this.add(
      new AssistantAgent({
        name: "clerk",
        llmConfig: model((last, role) =>
          role === "tool" ? `Mailed: ${last}.` : last === "go on" ? "Nothing else. TERMINATE" : { tool_calls: [call("ann")] },
        ),
      }),
    );
    this.clerk.registerForLlm(sending(sent));
    this.hand.registerForExecution(sending(sent));
    this.user = this.add(
      new UserProxyAgent({ name: "user", humanInputMode: "NEVER", codeExecutionConfig: false, defaultAutoReply: "next" }),
    );
  }

  add<T extends ConversableAgent>(agent: T): T {
    this.agents.push(agent);
    return agent;
  }

  helper(name: string): ConversableAgent {
    return this.add(new AssistantAgent({ name, llmConfig: model((last) => `${name} on ${last.length} letters`) }));
  }

  group(name: string, agents: readonly ConversableAgent[], maxRound: number): GroupChatManager {
    const groupChat = new GroupChat({ agents, speakerSelectionMethod: "round_robin", maxRound });
    return this.add(new GroupChatManager({ name, groupChat }));
  }

  /** Answers by nested chats: a mail is sent, then an editor looks at what came of it. */
  writer(name = "writer"): ConversableAgent {
    const writer = this.helper(name);
    const editor = this.helper("editor");
    writer.registerNestedChats(
      [
        { sender: this.hand, recipient: this.clerk, maxTurns: 3 },
        { recipient: editor, message: (_owner, messages) => `Edit: ${JSON.stringify(messages.at(-1)?.content)}`, maxTurns: 1 },
      ],
      { trigger: (sender) => sender !== editor && sender !== null },
    );
    return writer;
  }
}

type Chat = (earlier: ChatResult | undefined) => Promise<ChatResult>;

/** One chat, in which the pause may be anywhere. */
const oneChat = (cast: Cast, from: ConversableAgent, to: Agent, maxTurns: number | null, message = "Mail Ann"): Staging => {
  const chat: Chat = async (earlier) => {
    const options = { message, maxTurns, stream: memoryStream() };
    return await from.initiateChat(to, earlier === undefined ? options : { ...options, resume: earlier });
  };
  return { agents: cast.agents, hand: cast.hand, start: async (earlier) => await chat(earlier as ChatResult | undefined) };
};

const several = (cast: Cast, queue: Parameters<typeof initiateChats>[0]): Staging => ({
  agents: cast.agents,
  hand: cast.hand,
  async start(earlier) {
    const options = { stream: memoryStream() };
    const given = earlier as readonly ChatResult[] | undefined;
    const results: QueueResults = await initiateChats(queue, given === undefined ? options : { ...options, resume: given });
    return [...results.values()];
  },
});

/** By name: what is staged, for an approver, noting who was written to. */
export const SCENARIOS: Readonly<Record<string, (approver: Approver, sent: unknown[]) => Staging>> = {
  "a nested chat": (approver, sent) => {
    const cast = new Cast(approver, sent);
    return oneChat(cast, cast.user, cast.writer(), 1);
  },
  "a chat nested in a nested chat": (approver, sent) => {
    const cast = new Cast(approver, sent);
    const chief = cast.helper("chief");
    const writer = cast.writer();
    chief.registerNestedChats([{ recipient: writer, maxTurns: 1 }], { trigger: cast.user });
    return oneChat(cast, cast.user, chief, 1);
  },
  "a nested group": (approver, sent) => {
    const cast = new Cast(approver, sent);
    const writer = cast.helper("writer");
    const recipient = cast.group("office", [cast.clerk, cast.hand, cast.helper("critic")], 4);
    writer.registerNestedChats([{ recipient, maxTurns: 1 }], { trigger: cast.user });
    return oneChat(cast, cast.user, writer, 1);
  },
  "a group": (approver, sent) => {
    const cast = new Cast(approver, sent);
    return oneChat(cast, cast.user, cast.group("office", [cast.clerk, cast.hand, cast.helper("critic")], 4), null);
  },
  "a nested chat of a participant": (approver, sent) => {
    const cast = new Cast(approver, sent);
    const boss = cast.helper("boss");
    return oneChat(cast, boss, cast.group("office", [boss, cast.writer(), cast.helper("critic")], 4), 1);
  },
  "a group in a group": (approver, sent) => {
    const cast = new Cast(approver, sent);
    const office = cast.group("office", [cast.clerk, cast.hand], 4);
    const boss = cast.helper("boss");
    return oneChat(cast, boss, cast.group("board", [boss, office], 3), 1);
  },
  "a society of mind": (approver, sent) => {
    const cast = new Cast(approver, sent);
    const chatManager = cast.group("office", [cast.clerk, cast.hand], 5);
    const society = cast.add(
      new SocietyOfMindAgent({ name: "society", humanInputMode: "NEVER", chatManager, llmConfig: model(() => "All said.") }),
    );
    return oneChat(cast, cast.user, society, 1);
  },
  "chats in a row": (approver, sent) => {
    const cast = new Cast(approver, sent);
    return several(cast, [
      { sender: cast.user, recipient: cast.helper("before"), message: "Think", maxTurns: 1 },
      { sender: cast.hand, recipient: cast.clerk, message: "Mail Ann", maxTurns: 3 },
      { sender: cast.user, recipient: cast.helper("after"), message: "Report", maxTurns: 1 },
    ]);
  },
  "chats side by side": (approver, sent) => {
    const cast = new Cast(approver, sent);
    return several(cast, [
      {
        chatId: "report",
        sender: cast.user,
        recipient: cast.helper("after"),
        message: "Report",
        maxTurns: 1,
        prerequisites: ["mail"],
      },
      { chatId: "mail", sender: cast.hand, recipient: cast.clerk, message: "Mail Ann", maxTurns: 3 },
      { chatId: "aside", sender: cast.user, recipient: cast.helper("aside"), message: "Think", maxTurns: 1 },
    ]);
  },
};

/** What is kept from one process to the next. */
export interface Kept {
  readonly states: Readonly<Record<string, AgentState>>;
  readonly outcome: Outcome;
}

export const keep = ({ agents }: Staging, outcome: Outcome): Kept => ({
  states: Object.fromEntries(agents.map((agent) => [agent.name, agent.saveState()])),
  outcome,
});

export function load({ agents }: Staging, { states }: Kept): void {
  for (const agent of agents) agent.loadState(states[agent.name], { peers: agents });
}

/** Approves all that waits. */
export function approveAll({ hand }: Staging): void {
  for (const { id } of hand.pendingApprovals) hand.answerApproval(id, "approve");
}
