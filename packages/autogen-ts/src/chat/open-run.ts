/** Starts the run of a top-level call, or the part of a given run that this call is. */
import { consolePrinter, type IOStream } from "../io/index.js";
import { Budget, type BudgetLimits } from "../model/index.js";
import {
  createRun,
  joinings,
  loadHost,
  type EffectLayer,
  type Host,
  type Run,
  type RunContext,
  type Subscriber,
} from "../run/index.js";

/** What every entry point of chats accepts about its run. */
export interface RunSettings {
  /** Messages are not printed. @default false */
  readonly silent?: boolean;
  /** Aborts whatever is under way; nothing is written after it (D10-18). */
  readonly signal?: AbortSignal;
  /** Where text goes and lines come from. @default the stream of the calling context, at first the console */
  readonly stream?: IOStream;
  /** Sees every event of the run, nested chats included. */
  readonly onEvent?: Subscriber;
  /** Effect layers, the outermost first: trace, record, replay … @default none */
  readonly layers?: readonly EffectLayer[];
  /** Hard limits on money, tokens, calls and time; one object may be shared by several chats. @default none */
  readonly budget?: Budget | BudgetLimits;
  /** Clock, randomness and executors of another platform. @default that of this platform */
  readonly host?: Host;
  /** The run that this chat is a part of: events, usage, cancellation, layers, stream and host are those of that run. */
  readonly run?: Run;
}

/**
 * @param segment name of the part, for paths and effect keys
 * @param context what holds for this part, besides what it inherits
 */
export async function openRun(settings: RunSettings, segment: string, context: Partial<RunContext> = {}): Promise<Run> {
  const { run, silent, onEvent, signal, stream } = settings;
  const layers = layersOf(settings);
  if (run !== undefined) {
    const part = run.child(segment, {
      context,
      ...(silent === undefined ? {} : { silent }),
      ...(layers === undefined ? {} : { layers }),
      ...(signal === undefined ? {} : { signal }),
    });
    if (onEvent !== undefined) followPart(run, part.path, onEvent);
    return part;
  }
  const platform = settings.host ?? (await loadHost());
  // Fixed at the start: what the run starts keeps this stream, whatever the caller's context becomes.
  const own = stream ?? platform.stream();
  const host = withStream(platform, own);
  const stops = [signal, own.signal].filter((one) => one !== undefined);
  const joined = joinings();
  const outer = joined.flatMap((one) => one.layers ?? []);
  const root = createRun({
    host,
    silent: silent ?? false,
    subscribers: [...joined.map((one) => one.onEvent), consolePrinter(own), onEvent].filter((one) => one !== undefined),
    ...(stops.length === 0 ? {} : { signal: stops.length === 1 ? (stops[0] as AbortSignal) : AbortSignal.any(stops) }),
    layers: [...outer, ...(layers ?? [])],
  });
  return root.child(segment, { context });
}

/** Tells of one part of a run, until its chat ends. */
function followPart(run: Run, path: string, onEvent: Subscriber): void {
  const unsubscribe = run.subscribe((event) => {
    if (event.path !== path && !event.path.startsWith(`${path}/`)) return;
    if (event.path === path && (event.type === "chat.end" || event.type === "chats.end")) unsubscribe();
    onEvent(event);
  });
}

/** The budget comes first, so that answers from a recording count like all others. */
function layersOf({ budget, layers }: RunSettings): readonly EffectLayer[] | undefined {
  if (budget === undefined) return layers;
  const limited = budget instanceof Budget ? budget : new Budget(budget);
  return [limited.layer, ...(layers ?? [])];
}

/** The same host, reading from and printing to another stream. */
function withStream(host: Host, stream: IOStream): Host {
  const changed: Host = Object.create(host) as Host;
  changed.stream = () => stream;
  return changed;
}
