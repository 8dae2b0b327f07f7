/** The metrics of the conventions. */
import type { Attributes, Histogram, Meter } from "@opentelemetry/api";
import { NAMES } from "./names.js";
import type { Tokens } from "./model-attributes.js";

/** Limits of the buckets that the conventions name, in tokens and in seconds. */
const TOKENS = [1, 4, 16, 64, 256, 1024, 4096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304, 16_777_216, 67_108_864];
const SECONDS = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92];

/** What is measured. */
export class Meters {
  readonly #tokens: Histogram;
  readonly #duration: Histogram;
  readonly #toolDuration: Histogram;
  readonly #cost: Histogram;

  constructor(meter: Meter) {
    const histogram = (name: string, description: string, unit: string, boundaries?: number[]): Histogram =>
      meter.createHistogram(name, {
        ...{ description, unit },
        ...(boundaries === undefined ? {} : { advice: { explicitBucketBoundaries: boundaries } }),
      });
    this.#tokens = histogram("gen_ai.client.token.usage", "Tokens of requests and answers.", "{token}", TOKENS);
    this.#duration = histogram("gen_ai.client.operation.duration", "Time that requests take.", "s", SECONDS);
    this.#toolDuration = histogram("gen_ai.execute_tool.duration", "Time that tools take.", "s", SECONDS);
    this.#cost = histogram("autogen.client.cost", "Price of requests.", "USD");
  }

  /** @param cost US dollars; null when it is not known */
  usage(group: Attributes, tokens: Tokens | null, cost: number | null): void {
    if (tokens !== null) {
      this.#tokens.record(tokens.input, { ...group, [NAMES.tokenType]: "input" });
      this.#tokens.record(tokens.output, { ...group, [NAMES.tokenType]: "output" });
    }
    if (cost !== null) this.#cost.record(cost, group);
  }

  request(group: Attributes, seconds: number): void {
    this.#duration.record(seconds, group);
  }

  tool(group: Attributes, seconds: number): void {
    this.#toolDuration.record(seconds, group);
  }
}
