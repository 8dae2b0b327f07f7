// @ts-check

/**
 * Prints spans below what they are a part of.
 *
 * @param {readonly import("@opentelemetry/sdk-trace-node").ReadableSpan[]} spans
 */
export function printTree(spans, parent = /** @type {string | undefined} */ (undefined), indent = "") {
  const inside = spans.filter((span) => span.parentSpanContext?.spanId === parent);
  for (const span of inside.toSorted((a, b) => startOf(a) - startOf(b))) {
    const { "gen_ai.usage.input_tokens": input, "gen_ai.usage.output_tokens": output, "error.type": error } = span.attributes;
    const tokens = input === undefined ? "" : `  ${String(input)} + ${String(output)} tokens`;
    console.log(`${indent}${span.name}${tokens}${error === undefined ? "" : `  failed: ${String(error)}`}`);
    printTree(spans, span.spanContext().spanId, `${indent}  `);
  }
}

/** @param {import("@opentelemetry/sdk-trace-node").ReadableSpan} span */
const startOf = ({ startTime: [seconds, nanoseconds] }) => seconds * 1e9 + nanoseconds;
