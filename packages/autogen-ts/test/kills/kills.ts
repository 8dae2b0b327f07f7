/**
 * Conversations of every form in a process that is killed again and again, at points that a seed chooses. Afterwards each must have
 * ended as an undisturbed one does, no completed call may have been made twice, and no answer of a person may be lost.
 */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type * as Library from "../../src/index.js";
import type * as Durable from "../../src/features/durable/index.js";
import { randomFrom } from "../faults/random.js";
import { ANSWER, conversations } from "./conversations.js";
import { stub, type Stub } from "./stub.js";

export interface KillOptions {
  readonly seed: number;
  readonly kills: number;
  /** Of each form. */
  readonly runs: number;
  readonly turns: number;
  /** A program that calls `work` with the arguments behind these. */
  readonly worker: readonly string[];
  readonly library: typeof Library;
  readonly durable: typeof Durable;
}

export interface KillTally {
  kills: number;
  processes: number;
  runs: number;
  steps: number;
  /** Requests that the service got for the runs that were disturbed. */
  requests: number;
  /** Requests for steps that were under way when their process was killed. */
  repeatedInFlight: number;
  /** Requests for steps that were stored before: must be 0. */
  repeatedCompleted: number;
  answers: number;
  /** Second answers that were not told so: must be 0. */
  wrongReceipts: number;
  /** Ids whose outcome is not that of an undisturbed run: must be empty. */
  different: string[];
}

/** However it goes, the work ends. */
const MOST_PROCESSES_WITHOUT_KILL = 60;

export async function kills(options: KillOptions): Promise<KillTally> {
  const dir = mkdtempSync(join(tmpdir(), "autogen-kills-"));
  await using service = await stub();
  try {
    return await new Killing(options, service, dir).tally();
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

class Killing {
  readonly #options: KillOptions;
  readonly #service: Stub;
  readonly #dir: string;
  readonly #host: Durable.DurableRuns;
  readonly #forms: readonly string[];
  /** Steps that were stored, as the service knows them: the id of an answer, or the key of a call. */
  readonly #completed = new Set<string>();
  #answers = 0;
  #wrongReceipts = 0;

  constructor(options: KillOptions, service: Stub, dir: string) {
    this.#options = options;
    this.#service = service;
    this.#dir = dir;
    const { durable, library } = options;
    const forms = conversations(library, durable);
    this.#forms = Object.keys(forms);
    // Lists, shows and answers; it runs nothing.
    this.#host = durable.durableRuns({ store: durable.journalFile({ dir }), conversations: Object.values(forms) });
  }

  async tally(): Promise<KillTally> {
    const { seed, kills: most, runs } = this.#options;
    const random = randomFrom(seed);
    const undisturbed = await this.#hold(
      this.#forms.map((form) => `${form}-whole`),
      async () => false,
    );
    const asked = this.#service.asked.length;
    // Completed steps are told from others by what they ask.
    const once = new Set(this.#service.asked.map(({ run, what }) => `${run} ${what}`));
    if (once.size !== asked) throw new Error("Two steps of a conversation ask the same.");
    const ids = this.#forms.flatMap((form) => Array.from({ length: runs }, (_, index) => `${form}-${String(index)}`));
    let killed = 0;
    let repeatedCompleted = 0;
    const { processes } = await this.#hold(ids, async (child) => {
      if (killed >= most) return false;
      // After so many requests, and a moment more: between steps, in them, and while they are written.
      let left = 1 + random.below(ids.length);
      const delayMs = random.below(8);
      const from = this.#service.asked.length;
      const before = new Set(this.#completed);
      await new Promise<void>((resolve) => {
        this.#service.onAsked = () => {
          left -= 1;
          if (left === 0) setTimeout(() => (child.kill("SIGKILL"), resolve()), delayMs);
        };
        child.once("close", () => resolve());
      });
      this.#service.onAsked = () => undefined;
      if (child.exitCode === null) killed += 1;
      const again = this.#service.asked.slice(from).filter(({ run, what }) => before.has(`${run} ${what}`));
      repeatedCompleted += again.length;
      return true;
    });
    const before = this.#completed;
    const different: string[] = [];
    const wholes = new Map(this.#forms.map((form) => [form, `${form}-whole`]));
    let steps = 0;
    for (const id of ids) {
      const details = await this.#host.show(id);
      steps += details.steps;
      const whole = await this.#host.show(wholes.get(id.split("-")[0] ?? "") ?? "");
      if (resultOf(details) !== resultOf(whole) || details.end?.status !== "finished") different.push(id);
    }
    const requests = this.#service.asked.slice(asked);
    const distinct = new Set(requests.map(({ run, what }) => `${run} ${what}`));
    return {
      ...{ kills: killed, processes: processes + undisturbed.processes, runs: ids.length, steps, requests: requests.length },
      ...{ repeatedInFlight: requests.length - distinct.size - repeatedCompleted, repeatedCompleted, different },
      ...{ answers: this.#answers, wrongReceipts: this.#wrongReceipts + (before.size === 0 ? 1 : 0) },
    };
  }

  /** Starts processes until all runs have ended. @param disturb whether it did */
  async #hold(
    ids: readonly string[],
    disturb: (child: ReturnType<typeof spawn>) => Promise<boolean>,
  ): Promise<{ readonly processes: number }> {
    const { worker, turns } = this.#options;
    let undisturbed = 0;
    for (let processes = 1; ; processes += 1) {
      const child = spawn(process.execPath, [...worker, this.#dir, this.#service.url, String(turns), ...ids], {
        stdio: ["ignore", "ignore", "pipe"],
      });
      let errors = "";
      child.stderr.setEncoding("utf8").on("data", (text: string) => (errors += text));
      const closed = new Promise<number | null>((resolve) => child.once("close", (code) => resolve(code)));
      const [disturbed, code] = await Promise.all([disturb(child), closed]);
      if (code !== null && code !== 0) throw new Error(`The process failed:\n${errors}`);
      if (!disturbed) undisturbed += 1;
      await this.#note(ids);
      await this.#answerAll();
      const open = (await this.#host.list()).filter(({ id, status }) => ids.includes(id) && status !== "finished");
      if (open.length === 0 && code === 0) return { processes };
      if (undisturbed > MOST_PROCESSES_WITHOUT_KILL) throw new Error(`No end: ${JSON.stringify(open.slice(0, 3))}`);
    }
  }

  /** Learns from the journals what was completed. */
  async #note(ids: readonly string[]): Promise<void> {
    const { durable } = this.#options;
    const store = durable.journalFile({ dir: this.#dir });
    const byAnswer = new Map(this.#service.asked.map(({ run, what, answer }) => [answer, `${run} ${what}`]));
    for (const id of ids) {
      const stored = await store.read(id);
      for (const key of stored?.keys ?? []) {
        const outcome = stored?.step(key)?.outcome;
        const value = outcome !== undefined && "value" in outcome ? outcome.value : null;
        const answer =
          typeof value === "object" && value !== null && "id" in value ? byAnswer.get(value.id as string) : undefined;
        this.#completed.add(answer ?? `${id} ${id}:${createHash("sha256").update(key).digest("hex").slice(0, 32)}`);
      }
    }
  }

  /** Everything that is open, twice: the second time it is too late. */
  async #answerAll(): Promise<void> {
    for (const { run, id } of await this.#host.questions()) {
      const first = await this.#host.answer(run, id, ANSWER);
      const second = await this.#host.answer(run, id, "something else");
      this.#answers += 1;
      if (first !== "accepted" || second !== "answered") this.#wrongReceipts += 1;
    }
  }
}

const resultOf = ({ end }: Durable.RunDetails): string => JSON.stringify(end?.status === "finished" ? end.result : end);
