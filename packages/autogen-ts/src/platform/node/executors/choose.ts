/**
 * Which executor runs the code when the user did not name one: the first isolating one that passes its self-test,
 * never this machine unconfined unless asked for. Design: `sandbox`, section 1.
 */
import { decideUseDocker } from "../../../code/index.js";
import type { ChosenExecutor, ExecutorRequest } from "../../../code/index.js";
import { AutogenError } from "../../../run/index.js";
import { requireNetwork } from "./allowed-hosts.js";
import { CANDIDATES } from "./candidates.js";
import type { Candidate, CandidateContext, CandidateKind } from "./candidates.js";
import { requireLimits, requireTimeout } from "./limits.js";
import type { ExitCleanup } from "./exit-cleanup.js";
import { isInsideContainer } from "./inside-container.js";
import { LocalCommandLineCodeExecutor } from "./local.js";
import { newShared } from "./shared.js";
import { waysOut } from "./ways-out.js";

/** Settings of the choice. */
export interface ChooserOptions {
  /** Files or addresses of modules from where npm packages are looked for. @default the current folder, then this package */
  readonly packagesFrom?: readonly string[];
  /** What is tried, the preferred one first. @default a container, bubblewrap, the embedded sandbox */
  readonly candidates?: readonly Candidate[];
  /** Whether this program runs in a container. @default found out */
  readonly insideContainer?: () => boolean;
}

/** Why kinds of executors were not taken. */
type PassedOver = Partial<Record<CandidateKind, string>>;

/** Chooses executors and remembers, for as long as it lives, which sandboxes hold on this machine. */
export class ExecutorChooser {
  readonly #context: CandidateContext;
  readonly #candidates: readonly Candidate[];
  readonly #insideContainer: () => boolean;
  readonly #verdicts = new Map<CandidateKind, Promise<string | undefined>>();

  constructor({ candidates = CANDIDATES, packagesFrom, insideContainer = isInsideContainer }: ChooserOptions = {}) {
    this.#insideContainer = insideContainer;
    this.#candidates = candidates;
    this.#context = { shared: newShared(), ...(packagesFrom === undefined ? {} : { packagesFrom }) };
  }

  /** What must not outlive the process: of these executors, and of whoever else starts something on this host. */
  get cleanup(): ExitCleanup {
    return this.#context.shared.cleanup;
  }

  /**
   * @throws AutogenError `no-sandbox` naming what was looked for and the ways out; `invalid-option` for settings that make
   *   no sense; `invalid-config` for an unknown word in `AUTOGEN_USE_DOCKER`
   */
  async choose(request: ExecutorRequest = {}): Promise<ChosenExecutor> {
    requireNetwork(request.network ?? false);
    requireLimits(request.limits);
    requireTimeout(request.timeoutSeconds ?? 60);
    const useDocker = decideUseDocker(request.useDocker, process.env["AUTOGEN_USE_DOCKER"]) ?? true;
    if (useDocker === false) {
      const by = request.useDocker === false ? "`useDocker` is false" : "the variable `AUTOGEN_USE_DOCKER` says so";
      return this.#unconfined(request, by);
    }
    if (useDocker !== "sandbox") {
      if (trustsContainer(request) && this.#insideContainer())
        return this.#unconfined(request, "this program is in a container that `trustContainer` trusts");
      if (request.strictDockerCheck === true) await this.#requireEngine(useDocker);
    }
    const image = typeof useDocker === "string" && useDocker !== "sandbox" ? useDocker : undefined;
    const fits = ({ isContainer }: Candidate): boolean => (isContainer ? useDocker !== "sandbox" : image === undefined);
    return this.#firstThatHolds(request, this.#candidates.filter(fits), image);
  }

  async #requireEngine(useDocker: boolean | string): Promise<void> {
    const { checkCanUseDockerOrThrow } = await import("./container-check.js");
    await checkCanUseDockerOrThrow(useDocker, { insideContainer: this.#insideContainer() });
  }

  #unconfined(request: ExecutorRequest, because: string): ChosenExecutor {
    const { workDir = "coding", timeoutSeconds = 60, keepTemporary = true, limits = {}, env = {} } = request;
    const { pythonPackages = [], executionPolicies = {} } = request;
    const { shared } = this.#context;
    const executor = new LocalCommandLineCodeExecutor({
      workDir,
      timeoutSeconds,
      keepTemporary,
      limits,
      env,
      pythonPackages,
      executionPolicies,
      shared,
    });
    return { executor, reason: `Code runs on this machine, unconfined, because ${because}.` };
  }

  /** @param image the container image that was asked for by name */
  async #firstThatHolds(
    request: ExecutorRequest,
    candidates: readonly Candidate[],
    image: string | undefined,
  ): Promise<ChosenExecutor> {
    const passedOver: PassedOver = {};
    for (const candidate of candidates) {
      const verdict = candidate.misfit(request) ?? (await this.#verdict(candidate, image));
      if (verdict === undefined) {
        const executor = await candidate.make(request, this.#context, image);
        return { executor, reason: this.#reason(candidate, image, passedOver) };
      }
      passedOver[candidate.kind] = verdict;
    }
    throw await this.#refusal(passedOver, image);
  }

  /** An image that was asked for by name is looked at each time: it may have come meanwhile. */
  #verdict(candidate: Candidate, image: string | undefined): Promise<string | undefined> {
    if (image !== undefined) return candidate.verdict(this.#context, image);
    const known = this.#verdicts.get(candidate.kind) ?? candidate.verdict(this.#context);
    this.#verdicts.set(candidate.kind, known);
    return known;
  }

  #reason({ name }: Candidate, image: string | undefined, passedOver: PassedOver): string {
    if (image !== undefined) return `Code runs in ${name} of the image \`${image}\`.`;
    const others = this.#listed(passedOver);
    return `Code runs in ${name}, which passed its self-test${others === "" ? "" : `; not used: ${others}`}.`;
  }

  #listed(passedOver: PassedOver): string {
    return this.#candidates
      .flatMap(({ kind, name }) => {
        const why = passedOver[kind];
        return why === undefined ? [] : [`${name} (${why.replace(/\.$/, "")})`];
      })
      .join(", ");
  }

  async #refusal(passedOver: PassedOver, image: string | undefined): Promise<AutogenError> {
    const looked = this.#listed(passedOver);
    const what =
      image === undefined
        ? `No sandbox to run code in was found. Nothing was run.${looked === "" ? "" : ` Looked for: ${looked}.`}`
        : `The container image \`${image}\` cannot be used: ${(passedOver.container ?? "").replace(/\.$/, "")}. ` +
          "Nothing was run. Without `useDocker`, a sandbox of this machine is used.";
    return new AutogenError("no-sandbox", `${what}\n${await waysOut(passedOver.bubblewrap)}`, { details: { passedOver } });
  }
}

/** @throws AutogenError `invalid-option` for anything but true and false */
function trustsContainer({ trustContainer = process.env["AUTOGEN_TRUST_CONTAINER"] === "1" }: ExecutorRequest): boolean {
  if (typeof trustContainer === "boolean") return trustContainer;
  throw new AutogenError("invalid-option", `\`trustContainer\` is ${JSON.stringify(trustContainer)}. It is true or false.`);
}
