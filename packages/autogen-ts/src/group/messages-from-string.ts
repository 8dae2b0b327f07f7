import { AutogenError } from "../run/index.js";

/** @throws AutogenError `invalid-option` for what is no JSON */
export function messagesFromString(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new AutogenError("invalid-option", "The messages of a group chat are given as a text that is no JSON.", {
      cause: error,
    });
  }
}
