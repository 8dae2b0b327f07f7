/** Says in a few words what an event tells. */
import { messageLine } from "./message-text.js";
import { isList, numberIn, textIn, type StoredEvent } from "./stored-event.js";

/** What kind of thing happened, for colours and filters. */
export type EventKind = "chat" | "message" | "model" | "tool" | "code" | "human" | "speaker" | "warning" | "other";

/** An event in words. */
export interface Description {
  readonly kind: EventKind;
  /** Who did it; `""` for nobody in particular. */
  readonly who: string;
  /** What; of messages all of their text. */
  readonly what: string;
}

/** Events of later versions are described by their type. */
export function describeEvent(event: StoredEvent): Description {
  const text = (field: string): string => textIn(event, field);
  const say = (kind: EventKind, who: string, what: string): Description => ({ kind, who, what });
  switch (event.type) {
    case "chat.start":
      return say("chat", text("from"), `chats with ${text("to")}`);
    case "chat.end":
      return say("chat", text("from"), `ends the chat with ${text("to")}: ${reason(event)}`);
    case "chats.start":
      return say("chat", "", `${count(event, "chats")} chats`);
    case "chats.next":
      return say("chat", text("from"), `is next, with ${text("to")}`);
    case "chats.end":
      return say("chat", "", `${count(event, "finished")} chats finished, ${count(event, "failed")} failed`);
    case "message.received":
      return say("message", text("from"), messageLine(event["message"], text("text")));
    case "llm.start":
      return say("model", text("agent"), `asks ${text("model")}`);
    case "llm.delta":
      return say("model", text("agent"), `is told “${text("text")}”`);
    case "llm.end":
      return say(
        "model",
        text("agent"),
        `has an answer of ${text("model")}${event["cached"] === true ? ", from the cache" : ""}`,
      );
    case "llm.failed":
      return say("model", text("agent"), `had no answer of ${text("model")}: ${text("reason")}`);
    case "tool.start":
      return say("tool", text("agent"), `runs ${text("tool")}`);
    case "tool.progress":
      return say("tool", text("agent"), `hears of ${text("tool")}: ${inWords(event, "update")}`);
    case "tool.end":
      return say("tool", text("agent"), `has run ${text("tool")}${event["ok"] === false ? ", which failed" : ""}`);
    case "approval.ask":
      return say("human", text("agent"), `asks whether ${text("tool")} may run`);
    case "approval.answer":
      return say("human", text("agent"), `is told that ${text("tool")} may ${event["approved"] === true ? "" : "not "}run`);
    case "executor.chosen":
      return say("code", text("agent"), `runs code in ${text("executor")}`);
    case "code.start":
      return say("code", text("agent"), `runs ${languages(event)}`);
    case "code.output":
      return say("code", text("agent"), `prints ${text("text")}`);
    case "code.end":
      return say("code", text("agent"), `has run code in ${text("executor")}: exit code ${count(event, "exitCode")}`);
    case "human.ask":
      return say("human", text("agent"), `asks a person: ${text("prompt")}`);
    case "human.answer":
      return say("human", text("agent"), `is told by a person: ${text("text")}`);
    case "human.empty":
      return say("human", text("agent"), "is told nothing by a person");
    case "reply.auto":
      return say("human", text("agent"), "goes on without a person");
    case "speaker.selected":
      return say("speaker", text("group"), `chooses ${text("agent")} (${text("method")})`);
    case "speaker.asked":
      return say("speaker", text("group"), `asks a model who speaks next`);
    case "speaker.answered":
      return say("speaker", text("group"), `is answered: ${text("answer")}`);
    case "speaker.offered":
      return say("speaker", text("group"), "asks a person who speaks next");
    case "speaker.refused":
      return say("speaker", text("group"), `is answered with no speaker: ${text("answer")}`);
    case "history.cleared":
      return say(
        "speaker",
        text("group"),
        `clears ${text("agent") === "" ? "all histories" : `the history of ${text("agent")}`}`,
      );
    case "group.resumed":
      return say("speaker", text("group"), `goes on after ${count(event, "messages")} messages`);
    case "messages.transformed":
      return say("other", text("agent"), `sends changed messages: ${text("text")}`);
    case "effect.start":
      return say("other", "", `touches ${text("kind")} ${text("target")}`);
    case "effect.end":
      return say("other", "", `has touched ${text("kind")} ${text("target")}${event["ok"] === false ? ", which failed" : ""}`);
    case "warning":
      return say("warning", "", text("text"));
    default:
      return say("other", text("agent"), event.type);
  }
}

const count = (event: StoredEvent, field: string): string => String(numberIn(event, field) ?? "?");

/** Why a chat ended. */
export function reason(event: StoredEvent): string {
  const detail = textIn(event, "stopDetail");
  return detail === "" ? textIn(event, "stopReason") : `${textIn(event, "stopReason")} (${detail})`;
}

function languages(event: StoredEvent): string {
  const list = event["languages"];
  const names = isList(list) ? list.filter((one) => typeof one === "string") : [];
  return names.length === 0 ? "code" : names.join(", ");
}

function inWords(event: StoredEvent, field: string): string {
  const value = event[field];
  return typeof value === "string" ? value : JSON.stringify(value ?? null);
}
