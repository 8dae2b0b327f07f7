/** Runs one call as an effect: time limit, progress, streams of results, errors. */
import type { Json } from "../../message/index.js";
import { failure, outcomeOf, type ToolContext } from "../../tool/index.js";
import { isReplayFailure, tell, type ExecuteContext, type Run, type ToolOutcome, type ToolUsed } from "../../run/index.js";
import type { CallSite } from "../contract.js";
import type { PreparedCall, ReadyCall } from "./prepare.js";
import { reasonOf } from "./reason.js";

/** Runs a call, or says what it was answered with. */
export async function outcomeOfCall(site: CallSite, call: PreparedCall): Promise<ToolOutcome> {
  if (call.kind === "ready") return await runTool(site, call);
  if (call.failed === true) {
    const about = { agent: site.recipient.name, tool: call.name, ...(call.callId === undefined ? {} : { callId: call.callId }) };
    site.run.emit({ type: "tool.start", ...about });
    site.run.emit({ type: "tool.end", ...about, ok: false });
  }
  return call.outcome;
}

/** What goes wrong inside a call is an answer for the model; an abort of the run is not (D11-9). */
async function runTool(site: CallSite, call: ReadyCall): Promise<ToolOutcome> {
  const { recipient, run } = site;
  const id = call.callId === undefined ? {} : { callId: call.callId };
  run.emit({ type: "tool.start", agent: recipient.name, tool: call.name, ...id });
  const once = (call.tool.settings.once ?? recipient.toolExecution.once) ? ({ once: true } as const) : {};
  const outcome = await run.perform("tool", call.name, { ...id, args: call.given, ...once }, async (context) => {
    const limit = call.tool.settings.timeoutMs ?? recipient.toolExecution.timeoutMs;
    return limit === null ? await attempt(site, call, context) : await withinTime(site, call, context, limit);
  });
  // First to observers: what a logger writes is there before anybody hears of it.
  if (outcome.ok) tell((observer) => observer.toolUsed?.(usedTool(site, call, outcome)));
  run.emit({ type: "tool.end", agent: recipient.name, tool: call.name, ...id, ok: outcome.ok });
  return outcome;
}

const usedTool = ({ recipient, run }: CallSite, call: ReadyCall, { content }: ToolOutcome): ToolUsed => ({
  ...{ agent: recipient, tool: call.name, args: call.args, returned: content, path: run.path },
});

/** A tool that does not notice its signal goes on for nobody. */
async function withinTime(site: CallSite, call: ReadyCall, context: ExecuteContext, limit: number): Promise<ToolOutcome> {
  const { signal } = context;
  const stop = new AbortController();
  const unfollow =
    signal === undefined ? null : site.recipient.toolExecution.aborts.follow(signal, () => stop.abort(signal.reason));
  const done = new AbortController();
  const late = site.run.host.sleep(limit, done.signal).then(() => {
    const text = `${call.name} gave no answer within ${String(limit / 1000)} s and was stopped.`;
    stop.abort(new Error(text));
    return failure(text);
  });
  late.catch(() => undefined); // Rejects when the tool was quicker.
  try {
    return await Promise.race([attempt(site, call, context, stop.signal), late]);
  } finally {
    done.abort();
    unfollow?.();
  }
}

/** @param context of the effect @param own that of this call, where it has a time limit */
async function attempt(
  site: CallSite,
  call: ReadyCall,
  { signal: runSignal, idempotencyKey }: ExecuteContext,
  own: AbortSignal | undefined = runSignal,
): Promise<ToolOutcome> {
  const { recipient, run } = site;
  const maxChars = call.tool.settings.maxOutputChars ?? recipient.toolExecution.maxOutputChars;
  try {
    const context = contextOf(site, call, own, idempotencyKey);
    // What the handler takes is its own declaration; the schema of the tool vouches for it.
    const value: unknown = await call.tool.execute(call.args as never, context);
    return outcomeOf(isGenerator(value) ? await lastOf(value, context, own, run.host) : value, maxChars);
  } catch (error) {
    if (runSignal?.aborted === true || isReplayFailure(error)) throw error;
    const { onError } = recipient.toolExecution;
    const { name: tool, callId, given: args } = call;
    const said = await onError?.(error, { agent: recipient.name, tool, args, ...(callId === undefined ? {} : { callId }) });
    run.throwIfAborted();
    return said === undefined ? failure(reasonOf(error), maxChars) : { ok: false, content: said };
  }
}

function contextOf(
  { recipient, sender, messages, run }: CallSite,
  call: ReadyCall,
  own: AbortSignal | undefined,
  idempotencyKey: string | undefined,
): ToolContext {
  const id = call.callId === undefined ? {} : { callId: call.callId };
  return {
    agent: recipient,
    sender,
    messages,
    run,
    ...(call.callId === undefined ? {} : { toolCallId: call.callId }),
    ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
    ...(run.context.variables === undefined ? {} : { variables: run.context.variables }),
    get signal() {
      return own ?? run.signal;
    },
    progress: (update) => {
      // After its end a call has nothing to say any more.
      if (own?.aborted !== true)
        run.emit({ type: "tool.progress", agent: recipient.name, tool: call.name, ...id, update: plain(update) });
    },
  };
}

type Generated = AsyncIterator<unknown, unknown> | Iterator<unknown, unknown>;

/** What generator functions give; lists and streams are results as they are. */
function isGenerator(value: unknown): value is Generated {
  if (typeof value !== "object" || value === null || !("next" in value) || typeof value.next !== "function") return false;
  return Symbol.asyncIterator in value || Symbol.iterator in value;
}

/** Values after which a generator that waits for nothing lets timers and aborts have their turn. */
const VALUES_IN_A_ROW = 256;

/** Each value is told as progress; the last one is the result, or what the generator returns. */
async function lastOf(
  generator: Generated,
  context: ToolContext,
  signal: AbortSignal | undefined,
  host: Run["host"],
): Promise<unknown> {
  let last: unknown;
  for (let count = 1; ; count += 1) {
    if (count % VALUES_IN_A_ROW === 0) await host.sleep(0);
    const { done, value }: IteratorResult<unknown, unknown> = await generator.next();
    if (done === true) return value === undefined ? last : value;
    last = value;
    context.progress(value);
    if (signal?.aborted !== true) continue;
    await generator.return?.(undefined);
    return null; // Nobody waits for it.
  }
}

/** What JSON has no form for is told as text. */
function plain(update: unknown): Json {
  if (typeof update === "string") return update;
  try {
    return JSON.parse(JSON.stringify(update) ?? "null") as Json;
  } catch {
    return reasonOf(update);
  }
}
