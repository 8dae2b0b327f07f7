/** Spans of what touches the world: models, tools, code, people. Each is active while it lasts. */
import type { Attributes } from "@opentelemetry/api";
import type { CodeResult, Effect, EffectKind, EffectLayer, EffectTable, Execute, Redactor, ToolOutcome } from "../../core.js";
import { requestContent, responseContent } from "./content.js";
import { failureOf, type Failure } from "./failure.js";
import type { OtelApi } from "./load-api.js";
import type { Meters } from "./meters.js";
import { groupOf, requestAttributes, responseAttributes, tokensOf, type Answer } from "./model-attributes.js";
import { NAMES } from "./names.js";
import type { OpenSpan, RunSpans, SpanStart } from "./run-spans.js";

/** What the layer of one run works with. */
export interface EffectTracing {
  readonly api: OtelApi;
  readonly spans: RunSpans;
  readonly meters: Meters;
  readonly redactor: Redactor;
  readonly captureContent: boolean;
}

/** How one kind of effect is told. */
interface Tale {
  readonly start: SpanStart;
  /** Only of spans that are recorded: it may be long. */
  readonly content?: () => Attributes;
  /** @returns what went wrong although nothing was thrown */
  readonly end: (output: EffectTable[EffectKind]["output"], open: OpenSpan) => Failure | null;
  readonly measure?: (seconds: number, error: Attributes) => void;
}

/** A layer that gives every effect a span. What goes wrong in here goes wrong nowhere else. */
export function effectSpans(tracing: EffectTracing): EffectLayer {
  const { api, spans, redactor } = tracing;
  return (next, scope) =>
    async <K extends EffectKind>(effect: Effect<K>, execute: Execute<K>): Promise<EffectTable[K]["output"]> => {
      const begun = quietly(() => {
        const tale = taleOf(effect, tracing);
        if (tale === null) return null;
        const open = spans.begin(scope.path, tale.start);
        open.span.setAttribute(NAMES.effectKey, effect.key);
        if (tale.content !== undefined && open.span.isRecording()) open.span.setAttributes(tale.content());
        return { tale, open, from: performance.now() };
      });
      if (begun === null) return await next(effect, execute);
      const { tale, open, from } = begun;
      const finish = (failure: Failure | null, thrown: boolean): void => {
        if (failure !== null) spans.fail(open, failure, thrown);
        tale.measure?.((performance.now() - from) / 1000, failure === null ? {} : { [NAMES.errorType]: failure.type });
        spans.end(open);
      };
      try {
        const output = await api.context.with(open.context, () => next(effect, execute));
        quietly(() => finish(tale.end(output, open), false));
        return output;
      } catch (error) {
        quietly(() => finish(failureOf(error, redactor), true));
        throw error;
      }
    };
}

/** A chat is worth more than its trace. */
function quietly<T>(work: () => T): T | null {
  try {
    return work();
  } catch {
    return null;
  }
}

function taleOf(effect: Effect, tracing: EffectTracing): Tale | null {
  // The compiler does not tell inputs and outputs by `kind`, for it is a parameter of the type.
  switch (effect.kind) {
    case "model":
      return modelTale(effect as Effect<"model">, tracing);
    case "tool":
      return toolTale(effect as Effect<"tool">, tracing);
    case "code":
      return codeTale(effect as Effect<"code">, tracing);
    case "human":
      return {
        start: { name: "human_input", kind: "effect", agent: null, attributes: { [NAMES.operation]: "human_input" } },
        end: () => null,
      };
    default:
      return null;
  }
}

function modelTale({ input, target }: Effect<"model">, { api, meters, redactor, captureContent }: EffectTracing): Tale {
  const group = groupOf(input);
  const system = { [NAMES.system]: group[NAMES.provider] };
  const asked = Date.now();
  const measured: Attributes = { ...group };
  return {
    start: {
      name: `${String(group[NAMES.operation])} ${String(group[NAMES.requestModel] ?? "")}`.trim(),
      ...{ kind: "effect", agent: target, spanKind: api.SpanKind.CLIENT },
      attributes: { ...group, ...system, ...requestAttributes(input, target) },
    },
    ...(captureContent ? { content: () => requestContent(input, redactor) } : {}),
    end: (output, { span, firstPiece }) => {
      const answer = output as Answer;
      measured[NAMES.responseModel] = answer.model;
      span.setAttributes(responseAttributes(answer));
      if (input.body["stream"] === true && firstPiece !== undefined)
        span.setAttribute(NAMES.firstChunk, (firstPiece - asked) / 1000);
      if (captureContent && span.isRecording()) span.setAttributes(responseContent(answer, redactor));
      // What a cache answers was used and paid for before.
      if (answer.cached !== true) meters.usage(measured, tokensOf(answer), answer.cost ?? null);
      return null;
    },
    measure: (seconds, error) => meters.request({ ...measured, ...error }, seconds),
  };
}

function toolTale({ input, target }: Effect<"tool">, { meters, redactor, captureContent }: EffectTracing): Tale {
  const group = { [NAMES.operation]: "execute_tool", [NAMES.tool]: target };
  return {
    start: {
      ...{ name: `execute_tool ${target}`, kind: "effect", agent: null },
      attributes: {
        ...{ ...group, [NAMES.toolType]: "function" },
        ...(input.callId === undefined ? {} : { [NAMES.callId]: input.callId }),
      },
    },
    ...(captureContent ? { content: () => ({ [NAMES.callArguments]: JSON.stringify(redactor.value(input.args)) }) } : {}),
    end: (output, { span }) => {
      const { ok, content } = output as ToolOutcome;
      if (captureContent && span.isRecording()) span.setAttribute(NAMES.callResult, redactor.text(content));
      return ok ? null : { type: "tool_error", message: captureContent ? redactor.text(content) : "" };
    },
    measure: (seconds, error) => meters.tool({ ...group, ...error }, seconds),
  };
}

function codeTale({ input }: Effect<"code">, { redactor, captureContent }: EffectTracing): Tale {
  const languages = [...new Set(input.blocks.map(({ language }) => language))];
  return {
    start: {
      ...{ name: "execute_tool code_interpreter", kind: "effect", agent: null },
      attributes: {
        ...{ [NAMES.operation]: "execute_tool", [NAMES.tool]: "code_interpreter", [NAMES.toolType]: "extension" },
        [NAMES.languages]: languages,
      },
    },
    ...(captureContent
      ? { content: () => ({ [NAMES.callArguments]: JSON.stringify(redactor.value({ blocks: input.blocks })) }) }
      : {}),
    end: (given, { span }) => {
      const { exitCode, executor, output } = given as CodeResult;
      span.setAttributes({ [NAMES.exitCode]: exitCode, ...(executor === undefined ? {} : { [NAMES.executor]: executor }) });
      if (captureContent && span.isRecording()) span.setAttribute(NAMES.callResult, redactor.text(output));
      return exitCode === 0 ? null : { type: `exit_${String(exitCode)}`, message: "" };
    },
  };
}
