/** Why something failed, as text: anything can be thrown, also what has no text form. */
import { resultText } from "../../tool/index.js";

export function reasonOf(error: unknown): string {
  try {
    return resultText(error instanceof Error ? error.message : error); // a message may be anything
  } catch {
    return "the tool threw something that cannot be shown";
  }
}
