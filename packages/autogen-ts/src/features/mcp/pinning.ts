/** Holds the tools of one server against what they were when somebody looked at them. */
import { AutogenError } from "../../core.js";
import { driftOf, isPins, readPins, writePins, type McpDrift, type McpPins } from "./pins.js";

/** What to do about a difference. */
export type DriftPolicy = "warn" | "leave-out" | "refuse";

export class Pinning {
  readonly #server: string;
  readonly #policy: DriftPolicy;
  readonly #source: string | URL | McpPins | undefined;
  /** What was looked at; null before the first list. */
  #baseline: McpPins | null = null;
  #current: McpPins = {};
  #last: McpPins | null = null;

  /** @throws AutogenError `invalid-option` */
  constructor(server: string, policy: DriftPolicy, source: string | URL | McpPins | undefined) {
    this.#server = server;
    this.#policy = policy;
    this.#source = source;
    if (source === undefined || isFile(source) || isPins(source)) return;
    throw new AutogenError(
      "invalid-option",
      "`pins` is neither the name of a lock file nor an object of hashes by names of tools.",
    );
  }

  get current(): McpPins {
    return this.#current;
  }

  /**
   * Takes a new list.
   *
   * @returns what is different, and was not reported before
   * @throws AutogenError `mcp-failed` for a first list that is not as pinned, when that is the policy
   */
  take(current: McpPins): McpDrift | null {
    const first = this.#baseline === null;
    this.#current = current;
    this.#baseline ??= this.#pinned() ?? this.pin();
    const drift = driftOf(this.#baseline, current);
    const reported = this.#last !== null && driftOf(this.#last, current) === null;
    this.#last = current;
    if (drift === null || reported) return null;
    if (first && this.#policy === "refuse") {
      throw new AutogenError("mcp-failed", `${driftText(this.#server, drift)} The connection was refused.`, {
        details: { server: this.#server, ...drift },
      });
    }
    return drift;
  }

  /** Whether a tool may be offered and called. */
  allows(tool: string): boolean {
    if (this.#policy === "warn" || this.#baseline === null) return true;
    return Object.hasOwn(this.#baseline, tool) && this.#baseline[tool] === this.#current[tool];
  }

  /** The tools as they are now are the ones that were looked at. */
  pin(): McpPins {
    this.#baseline = this.#current;
    if (isFile(this.#source)) writePins(this.#source, this.#server, this.#current);
    return this.#current;
  }

  /** Pins of the settings; null for a lock file that does not know this server yet. */
  #pinned(): McpPins | null {
    if (!isFile(this.#source)) return this.#source ?? null;
    return readPins(this.#source, this.#server);
  }
}

const isFile = (source: unknown): source is string | URL => typeof source === "string" || source instanceof URL;

/** The difference in words. */
export function driftText(server: string, { added, changed, removed }: McpDrift): string {
  const part = (what: string, names: readonly string[]): string[] =>
    names.length === 0 ? [] : [`${what}: ${names.slice(0, 10).join(", ")}${names.length > 10 ? " …" : ""}`];
  const parts = [...part("changed", changed), ...part("new", added), ...part("gone", removed)];
  return `The tools of the MCP server \`${server}\` are not what they were (${parts.join("; ")}). Look at them, then call \`pin()\` or update \`pins\`.`;
}
