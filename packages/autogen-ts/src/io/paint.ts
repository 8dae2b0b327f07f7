/** Colours of the console. Specification chapter 10, section 5. */
import type { OutputStream } from "./stream.js";

type Color = "red" | "green" | "yellow" | "blue" | "magenta";
/** The text in a colour, where the stream shows colours. */
export type Paint = (color: Color, text: string) => string;

const CODES: Readonly<Record<Color, number>> = { red: 31, green: 32, yellow: 33, blue: 34, magenta: 35 };

export const painter =
  (stream: OutputStream): Paint =>
  (color, text) =>
    stream.supportsColor === true ? `\u001B[${String(CODES[color])}m${text}\u001B[0m` : text;
