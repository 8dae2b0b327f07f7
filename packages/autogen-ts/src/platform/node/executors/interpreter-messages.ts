/** Messages between the executor and the interpreter in deno. What comes back may be forged by the code and is checked here. */

/** A file on its way into the interpreter. */
export interface FileIn {
  /** Relative, `/` between folders. */
  readonly name: string;
  /** Base64. */
  readonly data: string;
  readonly modifiedMs: number;
}

/** Asks the interpreter to run one file. */
export interface RunMessage {
  readonly id: number;
  readonly fileName: string;
  readonly files: readonly FileIn[];
  readonly removed: readonly string[];
  readonly maxFiles: number;
  readonly maxBytes: number;
}

/** A file that the code wrote. */
export interface FileOut {
  readonly name: string;
  /** Base64. */
  readonly data: string;
}

/** What the interpreter says. */
export type WorkerMessage =
  | { readonly type: "ready" }
  | { readonly type: "output"; readonly stream: "stdout" | "stderr"; readonly text: string }
  | {
      readonly type: "done";
      readonly id: number;
      readonly exitCode: number;
      readonly files: readonly FileOut[];
      readonly removed: readonly string[];
      readonly skipped: readonly string[];
    }
  | { readonly type: "fatal"; readonly text: string };

/** What a line says; a line that is no message was printed past Python's streams and counts as output. */
export function readMessage(line: string): WorkerMessage {
  const value = parsed(line);
  switch (value["type"]) {
    case "ready":
      return { type: "ready" };
    case "output":
      return { type: "output", stream: value["stream"] === "stderr" ? "stderr" : "stdout", text: textOf(value["text"]) };
    case "done":
      return {
        type: "done",
        id: Number(value["id"]),
        exitCode: Number(value["exitCode"]) & 255,
        files: listOf(value["files"]).flatMap(fileOf),
        removed: listOf(value["removed"]).map(textOf),
        skipped: listOf(value["skipped"]).map(textOf),
      };
    case "fatal":
      return { type: "fatal", text: textOf(value["text"]) };
    default:
      return { type: "output", stream: "stdout", text: `${line}\n` };
  }
}

type Fields = Readonly<Record<string, unknown>>;

function parsed(line: string): Fields {
  try {
    const value: unknown = JSON.parse(line);
    return isFields(value) ? value : {};
  } catch {
    return {};
  }
}

const isFields = (value: unknown): value is Fields => typeof value === "object" && value !== null;
const textOf = (value: unknown): string => (typeof value === "string" ? value : "");
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

function fileOf(value: unknown): FileOut[] {
  return isFields(value) && typeof value["name"] === "string" ? [{ name: value["name"], data: textOf(value["data"]) }] : [];
}
