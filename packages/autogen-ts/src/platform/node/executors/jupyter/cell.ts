/** What one cell gave: text in order, pictures and pages beside it, an error at the end. */
import type { ExecuteCodeOptions } from "../../../../code/index.js";
import { CapturedText } from "../captured-text.js";
import { recordOf } from "./messages.js";
import type { KernelMessage } from "./messages.js";

/** How a cell ended. */
export type CellEnd = "ok" | "error" | "died";

/** Something to be shown that is not text. */
export interface CellData {
  readonly mimeType: string;
  /** Base64 for pictures of pixels, else text. */
  readonly data: string;
}

/** A cell that has run. */
export interface CellOutcome {
  readonly end: CellEnd;
  /** Texts that stand for themselves: output of a stretch, a result, a display. */
  readonly texts: readonly string[];
  readonly data: readonly CellData[];
  /** Name, value and traceback, without colours. */
  readonly error: string | null;
}

/** Settings of the collection. */
export interface CellOptions {
  readonly maxOutputBytes: number;
  readonly onOutput: ExecuteCodeOptions["onOutput"];
  /** Called when more was printed, or shown, than any program may. */
  readonly onLimit: () => void;
}

const MOST_DATA_BYTES = 50_000_000; // of pictures and pages of one cell

/** Collects the messages about one cell. */
export class Cell {
  readonly #options: CellOptions;
  /** Text that runs on; a result or a display begins a new one. */
  #texts: (CapturedText | string)[] = [];
  readonly #data: CellData[] = [];
  #dataBytes = 0;
  #error: string | null = null;
  #end: CellEnd | undefined;

  constructor(options: CellOptions) {
    this.#options = options;
  }

  /** @returns whether the cell has ended */
  add({ type, content }: KernelMessage): boolean {
    switch (type) {
      case "stream":
        this.#print(textOf(content["text"]), content["name"] === "stderr" ? "stderr" : "stdout");
        break;
      case "execute_result":
      case "display_data":
        this.#show(recordOf(content["data"]));
        break;
      case "error":
        this.#error = errorText(content);
        break;
      case "status":
        return this.#status(content["execution_state"]);
      default:
    }
    return false;
  }

  /** The kernel is gone. */
  die(): void {
    this.#end ??= "died";
  }

  outcome(): CellOutcome {
    return {
      end: this.#end ?? (this.#error === null ? "ok" : "error"),
      texts: this.#texts.map((text) => (typeof text === "string" ? text : text.text())),
      data: this.#data,
      error: this.#error,
    };
  }

  #status(state: unknown): boolean {
    if (state === "dead" || state === "restarting" || state === "autorestarting") this.#end = "died";
    return this.#end !== undefined || state === "idle";
  }

  #print(text: string, stream: "stdout" | "stderr"): void {
    const last = this.#texts.at(-1);
    const running = last instanceof CapturedText ? last : new CapturedText(this.#options);
    if (running !== last) this.#texts.push(running);
    running.add(Buffer.from(text), stream);
  }

  #show(bundle: Readonly<Record<string, unknown>>): void {
    const picture = Object.keys(bundle).find((type) => type.startsWith("image/"));
    // The text beside a picture only says that there is one; beside a page (a table, for example) it says what is in it.
    if (picture === undefined && bundle["text/plain"] !== undefined) this.#say(textOf(bundle["text/plain"]));
    if (picture !== undefined) this.#keep(picture, textOf(bundle[picture]));
    if (bundle["text/html"] !== undefined) this.#keep("text/html", textOf(bundle["text/html"]));
    const hasMain = picture !== undefined || bundle["text/plain"] !== undefined || bundle["text/html"] !== undefined;
    if (!hasMain) for (const value of Object.values(bundle)) this.#say(JSON.stringify(value));
  }

  #say(text: string): void {
    const running = new CapturedText(this.#options);
    running.add(Buffer.from(text), "stdout");
    this.#texts.push(running.text());
  }

  #keep(mimeType: string, data: string): void {
    this.#dataBytes += data.length;
    if (this.#dataBytes > MOST_DATA_BYTES) this.#options.onLimit();
    else this.#data.push({ mimeType, data });
  }
}

/** Texts come whole or as lines. */
const textOf = (value: unknown): string =>
  typeof value === "string" ? value : Array.isArray(value) ? value.map(textOf).join("") : JSON.stringify(value ?? "");

function errorText(content: Readonly<Record<string, unknown>>): string {
  const traceback = Array.isArray(content["traceback"]) ? content["traceback"].map(textOf).join("\n") : "";
  return `${textOf(content["ename"])}: ${textOf(content["evalue"])}\n${withoutColours(traceback)}`;
}

// eslint-disable-next-line no-control-regex
const COLOURS = /\u001B\[[0-9;]*m/g;

const withoutColours = (text: string): string => text.replace(COLOURS, "");
