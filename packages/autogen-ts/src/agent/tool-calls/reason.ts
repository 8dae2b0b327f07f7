/** Why something failed, as text: anything can be thrown, also what has no text form. */
import { resultText } from "../../tool/index.js";

export function reasonOf(error: unknown): string {
  try {
    if (!(error instanceof Error)) return resultText(error);
    return resultText(error.message === "" ? error.name : error.message); // Either may be anything.
  } catch {
    return "the tool threw something that cannot be shown";
  }
}
