/**
 * Events: everything that a reader of a run may want to see. Printing, streaming, logging and user
 * interfaces are subscribers. Design: architecture, section 5.
 */
import type { Json, Message } from "../message/index.js";

/** Why a chat ended. */
export type StopReason =
  | "termination-message"
  | "max-turns"
  | "max-auto-replies"
  | "human-exit"
  | "no-reply"
  | "max-round"
  | "no-eligible-speaker"
  | "terminated"
  | "loop"
  | "max-messages"
  | "budget"
  | "approval-pending"
  | "external-stop"
  | "aborted"
  | "error";

/** Tokens and money of one model call. */
export interface CallUsage {
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly totalTokens: number;
  /** US dollars; null when the model has no known price. */
  readonly cost: number | null;
}

/**
 * What a question to a human is for: feedback before every answer (`always`), an end that can be put off (`stop`), an
 * automatic answer that can be replaced (`skip`), the first message of a chat, the next speaker of a group, or whether a
 * tool may run (`approval`).
 */
export type QuestionPurpose = "always" | "stop" | "skip" | "first-message" | "select-speaker" | "approval";

/** Who answers whether a tool may run: a policy without asking, a person at the stream of the run, or a program in one of three ways. */
export type ApprovalSource = "policy" | "human" | "function" | "program" | "later";

/** What an event says, before the run numbers it. */
export type EventBody =
  | { readonly type: "chat.start"; readonly from: string; readonly to: string }
  | {
      readonly type: "message.received";
      readonly from: string;
      readonly to: string;
      readonly message: Message;
      /** The content of a template, filled in. */
      readonly text?: string;
    }
  | { readonly type: "reply.auto"; readonly agent: string }
  | { readonly type: "human.empty"; readonly agent: string }
  | {
      readonly type: "human.ask";
      readonly agent: string;
      readonly prompt: string;
      /** null for questions of the user's own. */
      readonly purpose: QuestionPurpose | null;
      /** Whose message is answered; null when there is none. */
      readonly sender: string | null;
    }
  | { readonly type: "human.answer"; readonly agent: string; readonly text: string }
  | { readonly type: "llm.start"; readonly agent: string; readonly model: string; readonly config: number }
  | { readonly type: "llm.delta"; readonly agent: string; readonly text: string }
  | {
      readonly type: "llm.end";
      readonly agent: string;
      readonly model: string;
      /** null when the endpoint or client reports no usage. */
      readonly usage: CallUsage | null;
      /** Answered from a cache: counts in the total usage, not in the actual one. */
      readonly cached: boolean;
    }
  | {
      readonly type: "llm.failed";
      readonly agent: string;
      readonly model: string;
      readonly config: number;
      readonly reason: string;
    }
  | { readonly type: "tool.start"; readonly agent: string; readonly tool: string; readonly callId?: string }
  | {
      readonly type: "tool.progress";
      readonly agent: string;
      readonly tool: string;
      readonly callId?: string;
      /** What the tool says of how far it is. */
      readonly update: Json;
    }
  | {
      readonly type: "approval.ask";
      /** For `answerApproval`. */
      readonly id: string;
      readonly agent: string;
      readonly sender: string | null;
      readonly tool: string;
      readonly callId?: string;
      readonly args: Json;
      /** Of tool and arguments. */
      readonly hash: string;
      readonly by: ApprovalSource;
    }
  | {
      readonly type: "approval.answer";
      /** null when a policy denied without a question. */
      readonly id: string | null;
      readonly agent: string;
      readonly tool: string;
      readonly callId?: string;
      readonly approved: boolean;
      /** Why not, when somebody said it. */
      readonly reason: string | null;
      readonly by: ApprovalSource;
    }
  | { readonly type: "tool.end"; readonly agent: string; readonly tool: string; readonly callId?: string; readonly ok: boolean }
  | {
      readonly type: "executor.chosen";
      readonly agent: string;
      readonly executor: string;
      readonly reason: string;
      /** False for what the user asked for in so many words; a warning then says so. */
      readonly isolated: boolean;
    }
  | {
      readonly type: "code.start";
      readonly agent: string;
      readonly languages: readonly string[];
      /** Number of the only block, where blocks are run and announced one by one. */
      readonly block?: number;
    }
  | { readonly type: "code.output"; readonly agent: string; readonly text: string; readonly stream: "stdout" | "stderr" }
  | { readonly type: "code.end"; readonly agent: string; readonly exitCode: number; readonly executor: string }
  | { readonly type: "effect.start"; readonly key: string; readonly kind: string; readonly target: string }
  | { readonly type: "effect.end"; readonly key: string; readonly kind: string; readonly target: string; readonly ok: boolean }
  | {
      readonly type: "speaker.selected";
      /** Name of the manager. */
      readonly group: string;
      readonly agent: string;
      /** A method's name, `function`, `handoff`, `only-one` when there was no choice, or `interrupt`. */
      readonly method: string;
      /** Among whom was chosen. */
      readonly candidates: readonly string[];
      /** Requests to a model, or questions to a human. */
      readonly attempts: number;
      /** Prompts and answers of those requests together. */
      readonly tokens: number;
    }
  | {
      /** Messages of a request were left out or changed; histories stay as they are. */
      readonly type: "messages.transformed";
      readonly agent: string;
      /** Name of the transform. */
      readonly transform: string;
      /** What it did, in words. */
      readonly text: string;
      /** Number of messages. */
      readonly messages: { readonly before: number; readonly after: number };
      /** Tokens, from transforms that count them. */
      readonly tokens?: { readonly before: number; readonly after: number };
      /** Whether the words are printed. */
      readonly verbose: boolean;
    }
  | {
      /** A model is asked for the next speaker; silent unless selections are printed. */
      readonly type: "speaker.asked";
      readonly group: string;
      /** From 1. */
      readonly attempt: number;
      readonly most: number;
      readonly candidates: readonly string[];
      /** What stands below the conversation; `""` when nothing does. */
      readonly question: string;
    }
  | {
      readonly type: "speaker.answered";
      readonly group: string;
      readonly attempt: number;
      readonly most: number;
      readonly answer: string;
      /** The names in it; a choice when there is exactly one. */
      readonly found: readonly string[];
    }
  | { readonly type: "speaker.offered"; readonly group: string; readonly candidates: readonly string[] }
  | {
      /** A human typed something that is no number of a speaker. */
      readonly type: "speaker.refused";
      readonly group: string;
      readonly answer: string;
      /** Numbers go from 1 to this. */
      readonly most: number;
      /** Whether the human is not asked again. */
      readonly last: boolean;
    }
  | {
      readonly type: "history.cleared";
      readonly group: string;
      /** null: all participants, and the transcript. */
      readonly agent: string | null;
      /** Messages kept. */
      readonly kept: number;
    }
  | {
      readonly type: "chats.start";
      readonly chats: number;
      /** Whether they have ids, and are held side by side. */
      readonly graph: boolean;
    }
  | {
      /** One of several chats is about to start; silent ones are not told of. */
      readonly type: "chats.next";
      /** Place in the queue, from 0. */
      readonly index: number;
      readonly chatId: number | string | null;
      readonly from: string;
      readonly to: string;
      /** For people; with `verbose` only, as is `carryover`. */
      readonly message?: string;
      readonly carryover?: string;
    }
  | { readonly type: "chats.end"; readonly finished: number; readonly failed: number }
  | { readonly type: "group.resumed"; readonly group: string; readonly messages: number; readonly lastSpeaker: string }
  | { readonly type: "warning"; readonly code: string; readonly text: string }
  | {
      readonly type: "chat.end";
      readonly from: string;
      readonly to: string;
      readonly stopReason: StopReason;
      /** In words, when a stop condition or the loop detection ended the chat. */
      readonly stopDetail: string | null;
      readonly summary: unknown;
    };

/** An event as subscribers get it: numbered per run from 0; `path` tells which nested chat it came from. */
export type RunEvent = EventBody & { readonly seq: number; readonly path: string; readonly silent: boolean };

/** The names of events, as noun and verb. */
export type EventType = EventBody["type"];

/** Called synchronously, in order. One that throws is reported once as a warning and never stops a chat. */
export type Subscriber = (event: RunEvent) => void;
