import type { ToolArguments } from "./arguments.js";

/** The arguments as the handler gets them, or what to tell the model. */
export type CheckedArguments = { readonly ok: true; readonly args: unknown } | { readonly ok: false; readonly content: string };

/** Checks the arguments of one tool. */
export type ArgumentCheck = (args: ToolArguments) => Promise<CheckedArguments>;
