/** Spans that ended, for tests: a provider with the context of Node, and what it has exported. */
import { context, metrics, trace, type Attributes } from "@opentelemetry/api";
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from "@opentelemetry/sdk-metrics";
import { InMemorySpanExporter, NodeTracerProvider, SimpleSpanProcessor, type ReadableSpan } from "@opentelemetry/sdk-trace-node";

export interface Telemetry extends AsyncDisposable {
  readonly spans: readonly ReadableSpan[];
  /** Names, indented below what they are a part of, in order of their starts. */
  tree(): string[];
  span(name: string): ReadableSpan;
  /** `name{attributes}` and the sum of what was measured. */
  measured(): Promise<
    readonly { readonly name: string; readonly unit: string; readonly attributes: Attributes; readonly sum: number }[]
  >;
}

/** Registers providers for the whole program until it is disposed of. */
export function registerTelemetry(): Telemetry {
  const exporter = new InMemorySpanExporter();
  const provider = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
  provider.register();
  const metricExporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter: metricExporter, exportIntervalMillis: 1e9 });
  const meterProvider = new MeterProvider({ readers: [reader] });
  metrics.setGlobalMeterProvider(meterProvider);
  const all = (): ReadableSpan[] => exporter.getFinishedSpans();
  return {
    get spans() {
      return all();
    },
    tree: () => treeOf(all()),
    span: (name) => {
      const found = all().find((span) => span.name === name);
      if (found === undefined) throw new Error(`There is no span \`${name}\`, only:\n${treeOf(all()).join("\n")}`);
      return found;
    },
    measured: async () => {
      await reader.forceFlush();
      const scopes = metricExporter.getMetrics().at(-1)?.scopeMetrics ?? [];
      return scopes.flatMap(({ metrics: list }) =>
        list.flatMap(({ descriptor: { name, unit }, dataPoints }) =>
          dataPoints.map(({ attributes, value }) => ({
            ...{ name, unit, attributes },
            sum: typeof value === "number" ? value : ((value as { readonly sum?: number }).sum ?? Number.NaN),
          })),
        ),
      );
    },
    [Symbol.asyncDispose]: async () => {
      trace.disable();
      context.disable();
      metrics.disable();
      await provider.shutdown();
      await meterProvider.shutdown();
    },
  };
}

function treeOf(spans: readonly ReadableSpan[]): string[] {
  const begun = ({ startTime: [seconds, nanoseconds] }: ReadableSpan): number => seconds * 1e9 + nanoseconds;
  const below = (parent: string | undefined, indent: string): string[] =>
    spans
      .filter(({ parentSpanContext }) => parentSpanContext?.spanId === parent)
      .toSorted((a, b) => begun(a) - begun(b))
      .flatMap((span) => [indent + span.name, ...below(span.spanContext().spanId, `${indent}  `)]);
  return below(undefined, "");
}
