/** What is printed of group chats besides their messages. Specification chapter 12, sections 6 to 10. */
import type { RunEvent } from "../run/index.js";
import type { Paint } from "./paint.js";
import type { OutputStream } from "./stream.js";

/** The names under which the reference prints the talk with the model that chooses speakers. */
const ASKING = "checking_agent";
const ANSWERING = "speaker_selection_agent";
const LINE = "-".repeat(80);

/** Prints an event of a group; others are left to others. */
export function printGroupEvent(stream: OutputStream, paint: Paint, event: RunEvent): void {
  const print = (text: string): void => stream.print(text, { flush: true });
  switch (event.type) {
    case "speaker.selected":
      if (!event.silent) print(paint("green", `\nNext speaker: ${event.agent}\n`));
      return;
    case "speaker.asked":
      if (!event.silent && event.question !== "") print(saidTo(paint, ASKING, ANSWERING, event.question));
      return;
    case "speaker.answered":
      if (event.silent) return;
      print(saidTo(paint, ANSWERING, ASKING, event.answer));
      print(verdictOn(paint, event));
      return;
    case "speaker.offered":
      print("Please choose the next speaker from this list:");
      for (const [index, name] of event.candidates.entries()) print(`${String(index + 1)}: ${name}`);
      return;
    case "speaker.refused":
      print(`That is no speaker. Type a number from 1 to ${String(event.most)}.`);
      if (event.last) print("Three tries were made, so the choice is left to the order of the group.");
      return;
    case "history.cleared":
      print(clearedText(event));
      return;
    case "group.resumed":
      if (!event.silent) {
        print(
          `Prepared group chat with ${String(event.messages)} messages, the last speaker is ${paint("yellow", event.lastSpeaker)}`,
        );
      }
      return;
    default:
      return;
  }
}

const saidTo = (paint: Paint, from: string, to: string, text: string): string =>
  `${paint("yellow", from)} (to ${to}):\n\n${text}\n\n${LINE}`;

interface Answered {
  readonly attempt: number;
  readonly most: number;
  readonly found: readonly string[];
}

function verdictOn(paint: Paint, { attempt, most, found }: Answered): string {
  const place = `>>>>>>>> Select speaker attempt ${String(attempt)} of ${String(most)}`;
  if (found.length === 1) return paint("green", `${place} successfully selected: ${String(found[0])}`);
  const why = found.length > 1 ? "included several names" : "included no name";
  return paint("red", `${place} failed: the answer ${why}.`);
}

function clearedText({ agent, kept }: { readonly agent: string | null; readonly kept: number }): string {
  const except = kept === 0 ? "" : ` except last ${String(kept)} messages`;
  return `Clearing history for ${agent ?? "all agents"}${except}.`;
}
