/** What is printed before each of several chats. Specification chapter 13, section 1. */
import type { Paint } from "./paint.js";
import type { OutputStream } from "./stream.js";

const LINE = `\n${"*".repeat(80)}`;

/** `message` and `carryover` are there when the chat asked to be announced with them. */
export function printBanner(
  stream: OutputStream,
  paint: Paint,
  { message, carryover }: { readonly message?: string; readonly carryover?: string },
): void {
  const print = (text: string): void => stream.print(paint("blue", text), { flush: true });
  print(LINE);
  print("Starting a new chat....");
  if (message !== undefined) print(`Message:\n${message}`);
  if (carryover !== undefined) print(`Carryover:\n${carryover}`);
  print(LINE);
}
