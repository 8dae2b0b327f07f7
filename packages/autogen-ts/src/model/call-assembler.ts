/** Calls of tools and functions out of the pieces of a stream. Chapter 20, section 12. */
import type { FunctionCall, ToolCall } from "../message/index.js";
import type { ResponseMessage } from "../run/index.js";

export interface FunctionPiece {
  readonly name?: string | null;
  readonly arguments?: unknown;
}

export interface CallPiece {
  readonly index?: number | null;
  readonly id?: string | null;
  readonly type?: string | null;
  readonly function?: FunctionPiece | null;
}

interface Draft {
  id: string | undefined;
  name: string;
  arguments: string;
}

/** Gathers the calls of one choice. */
export class CallAssembler {
  readonly #calls = new Map<number, Draft>();
  #function: Draft | undefined;
  #last = -1;

  add(pieces: readonly CallPiece[], functionPiece: FunctionPiece | null): void {
    for (const piece of pieces) this.#addCall(piece);
    if (functionPiece !== null) addTo((this.#function ??= newDraft()), functionPiece);
  }

  /** Only keys with something in them; gaps in the numbering are closed. */
  result(): Pick<ResponseMessage, "tool_calls" | "function_call"> {
    const calls = [...this.#calls.entries()].toSorted(([a], [b]) => a - b).map(([, draft]) => toolCall(draft));
    return {
      ...(calls.length === 0 ? {} : { tool_calls: calls }),
      ...(this.#function === undefined ? {} : { function_call: functionCall(this.#function) }),
    };
  }

  #addCall(piece: CallPiece): void {
    const index = piece.index ?? this.#indexOf(piece.id ?? undefined);
    this.#last = index;
    let draft = this.#calls.get(index);
    if (draft === undefined) this.#calls.set(index, (draft = newDraft()));
    draft.id ??= piece.id ?? undefined;
    if (piece.function) addTo(draft, piece.function);
  }

  /** Some endpoints do not number their calls: a new id starts a new one. */
  #indexOf(id: string | undefined): number {
    if (this.#last < 0) return 0;
    return id === undefined || this.#calls.get(this.#last)?.id === id ? this.#last : this.#last + 1;
  }
}

const newDraft = (): Draft => ({ id: undefined, name: "", arguments: "" });

/** Some endpoints repeat the whole name in every piece, or give the arguments as an object. */
function addTo(draft: Draft, piece: FunctionPiece): void {
  if (piece.name && piece.name !== draft.name) draft.name += piece.name;
  if (typeof piece.arguments === "string") draft.arguments += piece.arguments;
  else if (piece.arguments !== undefined && piece.arguments !== null) draft.arguments = JSON.stringify(piece.arguments);
}

function toolCall(draft: Draft): ToolCall {
  return { ...(draft.id === undefined ? {} : { id: draft.id }), type: "function", function: functionCall(draft) };
}

const functionCall = (draft: Draft): FunctionCall => ({ name: draft.name, arguments: draft.arguments });
