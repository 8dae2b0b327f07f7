/** Traces and metrics of all runs of a program, by OpenTelemetry. */
import type { MeterProvider, TracerProvider } from "@opentelemetry/api";
import { createRedactor, observe, type Joining, type Observer, type Redactor } from "../../core.js";
import { effectSpans } from "./effect-spans.js";
import { loadApi, type OtelApi } from "./load-api.js";
import { Meters } from "./meters.js";
import { RunSpans } from "./run-spans.js";

/** What is traced, and where it goes. */
export interface TraceRunsOptions {
  /**
   * Put messages, arguments and results of tools, and code into the spans: they go to wherever traces go.
   *
   * @default what `OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT` says (`true`, `span_only`, `span_and_event`), else false
   */
  readonly captureContent?: boolean;
  /** Takes secrets out of contents and errors. @default what looks like a secret, or stands in a variable with the name of one */
  readonly redactor?: Redactor;
  /** @default the one that the program has registered, at the time when a run starts */
  readonly tracerProvider?: TracerProvider;
  /** @default the one that the program has registered, at the time when a run starts */
  readonly meterProvider?: MeterProvider;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** The name of the instrumentation scope. */
const SCOPE = "autogen-ts";

/**
 * Traces every run that begins from now on: a span for each chat (`invoke_workflow`), for each turn in which an agent does something
 * (`invoke_agent`), and for each request to a model (`chat`), tool and code (`execute_tool`) and question to a person; and the metrics
 * `gen_ai.client.token.usage`, `gen_ai.client.operation.duration`, `gen_ai.execute_tool.duration` and `autogen.client.cost`. While a
 * tool or a request is under way its span is active, so that what it does elsewhere becomes a part of it.
 *
 * Sends nothing by itself: the program registers an SDK of OpenTelemetry. Without one nothing is built.
 *
 * @returns what ends it; runs that are under way are traced to their end
 * @throws AutogenError `missing-package` without `@opentelemetry/api`
 * @see https://opentelemetry.io/docs/specs/semconv/gen-ai/
 */
export async function traceRuns(options: TraceRunsOptions = {}): Promise<() => void> {
  const api = await loadApi();
  // Browsers have no process.
  const environment: Environment = typeof process === "undefined" ? {} : process.env;
  const captureContent = options.captureContent ?? capturesByEnvironment(environment);
  const redactor = options.redactor ?? createRedactor({ environment });
  const metersOf = keptFor((provider: MeterProvider) => new Meters(provider.getMeter(SCOPE)));
  const join = (): Joining | undefined => {
    const tracers = options.tracerProvider ?? registeredTracers(api);
    const measures = options.meterProvider ?? registeredMeters(api);
    if (tracers === null && measures === null) return undefined;
    const tracer = (tracers ?? api.trace.getTracerProvider()).getTracer(SCOPE);
    const meters = metersOf(measures ?? api.metrics.getMeterProvider());
    const spans = new RunSpans(api, tracer, crypto.randomUUID());
    return { onEvent: (event) => spans.onEvent(event), layers: [effectSpans({ api, spans, meters, redactor, captureContent })] };
  };
  return observe({
    joinRun: join,
    ...(captureContent ? learning(redactor) : {}),
  });
}

/** Secrets of a model are known before it is asked, and so before anything of them can be said. */
function learning(redactor: Redactor): Pick<Observer, "modelAsked"> {
  const learned = new WeakSet();
  return {
    modelAsked: ({ entry }) => {
      if (!learned.has(entry)) redactor.learn(entry);
      learned.add(entry);
      return undefined;
    },
  };
}

function capturesByEnvironment({ OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT: value = "" }: Environment): boolean {
  return ["true", "1", "span_only", "span_and_event"].includes(value.trim().toLowerCase());
}

/** null as long as the program has registered none: the one that stands there then hands out tracers that do nothing. */
function registeredTracers({ trace }: OtelApi): TracerProvider | null {
  const provider: TracerProvider & { readonly getDelegateTracer?: (name: string) => unknown } = trace.getTracerProvider();
  return provider.getDelegateTracer !== undefined && provider.getDelegateTracer(SCOPE) === undefined ? null : provider;
}

function registeredMeters({ metrics, createNoopMeter }: OtelApi): MeterProvider | null {
  const provider = metrics.getMeterProvider();
  return provider.getMeter(SCOPE) === createNoopMeter() ? null : provider;
}

/** Instruments are made once for each provider. */
function keptFor<K extends object, V>(make: (key: K) => V): (key: K) => V {
  const kept = new WeakMap<K, V>();
  return (key) => {
    const value = kept.get(key) ?? make(key);
    kept.set(key, value);
    return value;
  };
}
