/**
 * Enhanced inference: one call over a list of endpoints, with merging, templates, fallback, filter, cache, cost and
 * usage. Behaviour: specification chapter 20. Each attempt is one effect of the run.
 */
import {
  AutogenError,
  createRun,
  joinings,
  loadHost,
  tell,
  type Host,
  type ModelResponse,
  type ResponseMessage,
  type Run,
  type UsageSummary,
} from "../run/index.js";
import type { Answer, Attempt } from "./attempt.js";
import { readCall, type CreateOptions, type WrapperResponse } from "./call.js";
import type { ModelClientClass } from "./client.js";
import { ClientSlot } from "./client-slot.js";
import { requireModels } from "./config/llm-config.js";
import { allFailed, failureKind, isModelError } from "./errors.js";
import { resolveEntries, type WrapperConfig } from "./merge.js";
import type { Asking } from "./request-guard.js";
import { textOrCompletionObjects } from "./retrieval.js";
import { addUsage, callUsage, formatUsageSummary, type UsageMode } from "./usage.js";
import { modelOf } from "./wire-body.js";

/** What a wrapper may be given beside its config. */
export interface WrapperOptions {
  /** For calls without a run. @default the platform's */
  readonly host?: Host;
  /** Every entry must name a model, or a deployment of Azure, as agents need it. @default false */
  readonly modelRequired?: boolean;
}

/** Loaded and made with the first call. */
interface Calling extends Pick<typeof import("./attempts.js"), "askGuarded" | "filterOf" | "misfit" | "prepare"> {
  readonly asking: Asking;
}

/** An ordered list of model clients and one way to ask them. Safe to use for several calls at once. */
export class OpenAIWrapper {
  readonly #slots: readonly ClientSlot[];
  readonly #host: Host | undefined;
  #calling: Calling | undefined;
  /** Each call without a run gets one of its own; what they warn of is said once. */
  readonly #warned = new Set<string>();
  #actual: UsageSummary | null = null;
  #total: UsageSummary | null = null;
  /** Said in the next call: there is no run to warn in before. */
  #warnings: readonly string[] = [];

  /** @throws AutogenError `invalid-config` for a list without entries, `invalid-option` for contradicting options */
  constructor(config: WrapperConfig, { host, modelRequired = false }: WrapperOptions = {}) {
    const entries = resolveEntries(config);
    if (modelRequired) requireModels(entries, config);
    this.#slots = entries.map((entry) => new ClientSlot(entry));
    this.#host = host;
    tell((observer) => observer.wrapperMade?.({ wrapper: this, config }));
  }

  /**
   * Asks the entries in order until one gives an answer that the filter lets pass. Options of an entry win over those
   * of the wrapper, and both over those given here; `overrides` win over all.
   *
   * @returns the first accepted answer, or the last entry's with `pass_filter: false`
   * @throws AutogenError `model-failed` or `model-timeout` when the last entry failed, with all failures in
   * `details.errors`; `aborted`; `invalid-option` for a call that no endpoint could answer; `invalid-state` when
   * classes of clients are not registered yet
   */
  async create(options: CreateOptions = {}): Promise<WrapperResponse> {
    this.#checkRegistered();
    const calling = this.#calling ?? (await this.#load());
    const { misfit, prepare } = calling;
    const call = readCall(options);
    const run = call.run ?? (await this.#ownRun(call.signal));
    for (const warning of this.#warnings) run.warn("model-client", warning);
    const failures: AutogenError[] = [];
    for (const slot of this.#slots) {
      const attempt = prepare(slot, call, { wrapper: this, run, last: slot === this.#slots.at(-1) });
      const answer = await this.#try(attempt, failures, calling);
      if (answer === null) continue;
      const { response } = answer;
      if (!response.cached) this.#count(attempt, answer, true);
      const unfit = await misfit(attempt, response);
      if (unfit !== null) {
        this.#failed(attempt, unfit, failures);
        continue;
      }
      const passed = await this.#accepts(attempt, answer, calling);
      const isReturned = passed || attempt.last;
      if (response.cached) this.#count(attempt, answer, isReturned);
      if (isReturned) return passed ? response : { ...response, pass_filter: false };
    }
    throw allFailed(failures);
  }

  /**
   * Makes the client for the first entry whose `model_client_cls` is the name of this class. Call it once per entry.
   *
   * @throws AutogenError `invalid-config` when no entry asks for the class
   */
  registerModelClient<Args extends readonly unknown[]>(type: ModelClientClass<Args>, ...args: Args): void {
    const slot = this.#slots.find((one) => one.waiting && one.className === type.name);
    if (slot !== undefined) {
      slot.register(type, (entry) => new type(entry, ...args));
      return;
    }
    if (!this.#slots.some((one) => one.holds(type))) {
      const message = `No entry of the config list asks for the client \`${type.name}\`. Add \`model_client_cls: "${type.name}"\` to one.`;
      throw new AutogenError("invalid-config", message);
    }
    this.#warnings = [
      ...this.#warnings,
      `\`${type.name}\` is registered already for every entry that asks for it; nothing was changed.`,
    ];
  }

  /** One element per choice: a text, or the whole message when it has calls. */
  extractTextOrCompletionObject(
    response: ModelResponse & { readonly config_id?: number },
  ): readonly (string | null | ResponseMessage)[] {
    const client = response.config_id === undefined ? undefined : this.#slots[response.config_id]?.current;
    return client === undefined ? textOrCompletionObjects(response) : client.messageRetrieval(response);
  }

  /** Usage of real requests; null before the first. */
  get actualUsageSummary(): UsageSummary | null {
    return this.#actual;
  }

  /** Usage with answers from caches; null before the first. */
  get totalUsageSummary(): UsageSummary | null {
    return this.#total;
  }

  /** Both summaries start again. */
  clearUsageSummary(): void {
    this.#actual = null;
    this.#total = null;
  }

  /** The text of `printUsageSummary`. @throws AutogenError `invalid-option` for another mode */
  usageSummaryText(mode?: UsageMode): string {
    return formatUsageSummary({ actual: this.#actual, total: this.#total }, mode);
  }

  /** Prints what was used on the current stream. @throws AutogenError `invalid-option` for another mode */
  async printUsageSummary(mode?: UsageMode): Promise<void> {
    const text = this.usageSummaryText(mode);
    (this.#host ?? (await loadHost())).stream().print(text);
  }

  async #load(): Promise<Calling> {
    const { askGuarded, CallsUnderWay, filterOf, misfit, prepare } = await import("./attempts.js");
    const asking: Asking = {
      underWay: new CallsUnderWay(),
      create: async (options) => await this.create(options),
      textOf: (response) => textOf(this.extractTextOrCompletionObject(response)[0]),
    };
    return (this.#calling ??= { askGuarded, asking, filterOf, misfit, prepare });
  }

  /** Null when the entry failed and the next one may try. */
  async #try(attempt: Attempt, failures: AutogenError[], { askGuarded, asking }: Calling): Promise<Answer | null> {
    try {
      return await askGuarded(attempt, asking);
    } catch (error) {
      if (!isModelError(error)) throw error;
      this.#failed(attempt, error, failures);
      if (failureKind(error) === "content_filter") throw error;
      return null;
    }
  }

  #failed({ slot, run, agent, params }: Attempt, error: AutogenError, failures: AutogenError[]): void {
    failures.push(error);
    run.emit({ type: "llm.failed", agent, model: modelOf(params), config: slot.entry.index, reason: error.message });
  }

  #accepts(attempt: Attempt, { response }: Answer, { filterOf }: Calling): boolean | Promise<boolean> {
    const { filter, context } = filterOf(attempt);
    return filter === null || filter({ context, response });
  }

  /** What a cache gave counts in the total only, and not at all when it was refused. */
  #count({ run, agent }: Attempt, { response, usage }: Answer, counts: boolean): void {
    const { cached, model } = response;
    const record = counts ? usage : null;
    if (record !== null) {
      this.#total = addUsage(this.#total, record);
      if (!cached) this.#actual = addUsage(this.#actual, record);
    }
    run.emit({
      type: "llm.end",
      agent,
      model: record?.model ?? model,
      usage: record === null ? null : callUsage(record),
      cached,
    });
  }

  #checkRegistered(): void {
    if (!this.#slots.some((slot) => slot.waiting)) return;
    const missing = this.#slots.filter((slot) => slot.waiting).map((slot) => `\`${String(slot.className)}\``);
    const message = `These model clients are not registered: ${missing.join(", ")}. Call \`registerModelClient\` for each, or take their entries out with \`filterConfig\`.`;
    throw new AutogenError("invalid-state", message);
  }

  async #ownRun(signal: AbortSignal | undefined): Promise<Run> {
    const host = this.#host ?? (await loadHost());
    const shown = host.subscriber?.();
    const joined = joinings();
    const subscribers = [shown, ...joined.map(({ onEvent }) => onEvent)].filter((one) => one !== undefined);
    const layers = joined.flatMap((one) => one.layers ?? []);
    return createRun({ host, subscribers, layers, warned: this.#warned, ...(signal === undefined ? {} : { signal }) });
  }
}

const textOf = (answer: string | ResponseMessage | null | undefined): string =>
  typeof answer === "string" ? answer : (answer?.content ?? "");
