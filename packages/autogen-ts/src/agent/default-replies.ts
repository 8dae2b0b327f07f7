import { askModel, callFunction, callTools, checkTermination, executeCode } from "./replies/index.js";
import { builtIn, type ReplyEntry, type ReplyFunction } from "./reply-list.js";

/** The built-in reply functions, in the order in which they are tried. */
export const defaultReplies: readonly ReplyFunction[] = [checkTermination, callFunction, callTools, executeCode, askModel];

/** What the reply list of every agent begins as. */
export const DEFAULT_ENTRIES: readonly ReplyEntry[] = defaultReplies.map(builtIn);
