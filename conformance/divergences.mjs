/**
 * Every deliberate difference from the reference. A case that is listed here, or that a rule applies to, is compared
 * with an expectation of our own, so that what we do instead is asserted too. The parts of the expectation that are
 * ours stand in `divergences.json` by case: JSON pointer → value. They may use the free places of cases (`<text:…>`,
 * `<any:…>`).
 */
import { readFileSync } from "node:fs";
import {
  compactResults,
  costOfTheRun,
  nextSpeakerTold,
  onePath,
  rolesAfterResume,
  smallNumbers,
  transcriptForOutsiders,
  usageAskedFor,
} from "./rules.mjs";

/**
 * @typedef {object} Difference
 * @property {string} divergence number in the specification, or the section of the design where it was decided
 * @property {string} instead what the library does
 */
/** @typedef {Difference & { case: string }} Divergence */
/** @typedef {Difference & { rule: import("./rules.mjs").Rule }} General */

/** Differences that can be stated without naming cases. @type {readonly General[]} */
export const RULES = [
  {
    divergence: "D10-21",
    instead: "the cost of a chat is what its run used: earlier chats are not in it, all that takes part in this one is",
    rule: costOfTheRun,
  },
  {
    divergence: "chapter 20 §12",
    instead: "streamed requests ask the endpoint for its own count of tokens",
    rule: usageAskedFor,
  },
  { divergence: "chapter 20 §11", instead: "small costs are printed as 0.00008, not 8e-05", rule: smallNumbers },
  { divergence: "D11-7", instead: "there is one path, so asynchronous functions are announced like others", rule: onePath },
  {
    divergence: "decisions §5, results",
    instead: "what tools give is shown as JSON without blanks after comma and colon; 2.0 is 2",
    rule: compactResults,
  },
  {
    divergence: "decisions §5, async",
    instead: "a group says who speaks next, however it was started",
    rule: nextSpeakerTold,
  },
  { divergence: "D12-13", instead: "after a resume, own words are `assistant` again", rule: rolesAfterResume },
  {
    divergence: "D12-10",
    instead: "who starts a group chat from outside is shown the transcript",
    rule: transcriptForOutsiders,
  },
];

/** @type {readonly Divergence[]} */
export const DIVERGENCES = [
  { case: "achats-cycle", divergence: "D13-3", instead: "chats that wait for each other in a circle are refused" },
  {
    case: "achats-order-table",
    divergence: "D13-3",
    instead: "a circle is refused; chats that wait for nobody start in the order of the queue",
  },
  {
    case: "auto-cost",
    divergence: "D12-11",
    instead: "what selections use counts in the usage of the manager",
  },
  {
    case: "auto-no-eligible-all",
    divergence: "D12-4",
    instead: "an empty list of successors ends the chat",
  },
  {
    case: "auto-no-prompt",
    divergence: "D12-5",
    instead: "without a closing prompt the last message is sent once",
  },
  { case: "carry-list-mixed", divergence: "D10-8", instead: "objects and other values in carryover are shown as JSON" },
  {
    case: "chats-same-recipient",
    divergence: "D13-10",
    instead: "a result keeps what was said in its chat, whatever is said later",
  },
  { case: "client-cache-params", divergence: "decisions §4, response cache", instead: "the endpoint counts in the key" },
  {
    case: "client-own-error",
    divergence: "decisions §5, clients",
    instead: "an error of an own client lets the next entry try, as with every client",
  },
  {
    case: "client-usage-models",
    divergence: "style §6",
    instead: "a mode that is not known is refused before anything is printed",
  },
  {
    case: "code-dangerous",
    divergence: "chapter 24 §6",
    instead: "a refused command is a failed result that the model reads, not an error",
  },
  {
    case: "code-filename-comment",
    divergence: "chapter 24 §8",
    instead: "an ordinary comment in the first line is not the name of a file",
  },
  { case: "code-filename-subfolder", divergence: "chapter 24 §6", instead: "folders inside the work folder are made" },
  {
    case: "code-last-n-bad",
    divergence: "style §6",
    instead: "a bad `lastNMessages` is refused when the agent is made, not at the first message",
  },
  { case: "code-timeout", divergence: "chapter 24 §6", instead: "what was printed before the time limit is kept" },
  { case: "config-cache-key", divergence: "chapter 23 §3", instead: "the key is JSON without blanks" },
  {
    case: "config-filter",
    divergence: "chapter 22 §7",
    instead: "null among the accepted values accepts entries without the field, as documented",
  },
  { case: "config-from-keys", divergence: "chapter 22 §6", instead: "what has no key makes no entry" },
  { case: "default-termination", divergence: "D10-16", instead: "a text that ends with the word TERMINATE ends the chat" },
  {
    case: "function-python-repr",
    divergence: "decisions §5, results",
    instead: "what functions give becomes JSON; texts stay as they are",
  },
  {
    case: "group-allowed-sink",
    divergence: "D12-4",
    instead: "an empty list of successors ends the chat",
  },
  {
    case: "group-async-termination",
    divergence: "decisions §5, async",
    instead: "the message that ends a chat is passed on to everybody",
  },
  {
    case: "group-nested",
    divergence: "D12-14",
    instead: "a manager answers an outer group with what its own group came to",
  },
  { case: "hook-async", divergence: "decisions §5, async", instead: "all hooks run, in order of registration, in every chat" },
  { case: "hook-last-received", divergence: "D10-13", instead: "the stored message stays as it came" },
  {
    case: "hook-termination-sees-changed",
    divergence: "D10-13",
    instead: "the stored message stays as it came; the termination test sees the changed one",
  },
  { case: "reply-async-in-sync", divergence: "decisions §5, async", instead: "asynchronous reply functions run in every chat" },
  {
    case: "stream-function-call",
    divergence: "chapter 20 §12",
    instead: "a streamed call alone has no content, prints nothing, and its tokens are those of name and arguments",
  },
  { case: "stream-n-2", divergence: "chapter 20 §12", instead: "tokens of answers are counted, not pieces" },
  { case: "stream-text", divergence: "chapter 20 §12", instead: "tokens of answers are counted, not pieces" },
  {
    case: "stream-tool-call",
    divergence: "chapter 20 §12",
    instead: "a streamed call alone has no content and no index, prints nothing, and its tokens are those of name and arguments",
  },
  {
    case: "stream-tool-calls",
    divergence: "chapter 20 §12",
    instead:
      "streamed calls alone have no content and no index, print nothing, and their tokens are those of names and arguments",
  },
  {
    case: "stream-tool-chat",
    divergence: "chapter 20 §12",
    instead: "a streamed call alone has no content and no index, also in later requests, whose tokens are then fewer",
  },
  { case: "table-content-str", divergence: "D10-3", instead: "a part of an unknown kind reads as its kind" },
  {
    case: "table-extract-blocks",
    divergence: "chapter 24 §1",
    instead: "a text that begins with a known command is a shell script",
  },
  {
    case: "table-extract-code",
    divergence: "chapter 24 §1",
    instead: "languages such as c++ and words after the language are accepted",
  },
  {
    case: "table-extract-code-single",
    divergence: "chapter 24 §1",
    instead: "blocks of several lines are found beside code in single lines",
  },
  { case: "table-infer-lang", divergence: "chapter 24 §1", instead: "a text that begins with a known command is a shell script" },
  { case: "table-sanitize", divergence: "chapter 24 §6", instead: "flags of `rm` are understood in any spelling" },
  {
    case: "table-tokens-messages",
    divergence: "chapter 27 §3",
    instead: "messages for a model that is not known are counted, as an estimate",
  },
  {
    case: "tool-serialize-table",
    divergence: "decisions §5, results",
    instead: "JSON has no blanks after comma and colon; 2.0 is 2",
  },
  { case: "tool-async-parallel", divergence: "D11-7", instead: "calls run one after another unless told otherwise" },
  { case: "tool-empty-arguments", divergence: "decisions §5, arguments", instead: "empty arguments are an empty object" },
  { case: "tool-empty-list", divergence: "chapter 20 §8", instead: "an empty list of calls is none" },
  {
    case: "transform-tokens",
    divergence: "D14-4",
    instead: "a total limit alone is shared by the newest messages; without any limit nothing is cut",
  },
  { case: "two-async-human-asked-twice", divergence: "decisions §5, async", instead: "a human is asked once for an answer" },
  { case: "two-async-limit-counts-double", divergence: "decisions §5, async", instead: "an automatic answer counts once" },
  {
    case: "two-context-template",
    divergence: "decisions §5, snapshots",
    instead: "stored messages are never changed, so their context stays",
  },
  { case: "two-term-default", divergence: "D10-16", instead: "a text that ends with the word TERMINATE ends the chat" },
];

/** The parts of the expectation that are ours, by case. @type {Readonly<Record<string, Readonly<Record<string, any>>>>} */
export const PARTS = JSON.parse(readFileSync(new URL("divergences.json", import.meta.url), "utf8"));
