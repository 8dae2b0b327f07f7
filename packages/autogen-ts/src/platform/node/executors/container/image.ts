/** Gets images: those that are there, and those that must be pulled first, with progress. */
import { createInterface } from "node:readline";
import { AutogenError, abortError } from "../../../../run/index.js";
import type { ContainerEngine } from "./engine.js";

/** When an image is pulled. */
export type PullPolicy = "missing" | "always" | "never";

/** What an engine tells while it pulls. */
export interface PullProgress {
  readonly image: string;
  /** Part of the image that this is about; null for all of it. */
  readonly layer: string | null;
  /** The engine's words, for example `Downloading`. */
  readonly status: string;
  /** Bytes of the layer so far, and in all; null when the engine does not say. */
  readonly current: number | null;
  readonly total: number | null;
}

/** How an image is got. */
export interface EnsureImageOptions {
  readonly pull: PullPolicy;
  readonly onPull?: ((progress: PullProgress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Makes sure that the image is there.
 *
 * @throws AutogenError `executor-failed` when the image is not there and cannot be pulled
 */
export async function ensureImage(engine: ContainerEngine, image: string, options: EnsureImageOptions): Promise<void> {
  if (options.pull !== "always" && (await hasImage(engine, image, options.signal))) return;
  if (options.pull === "never") {
    throw new AutogenError(
      "executor-failed",
      `The image \`${image}\` is not on this machine, and \`pull\` is "never". Pull or build it first.`,
    );
  }
  await pullImage(engine, image, options);
}

async function hasImage(engine: ContainerEngine, image: string, signal: AbortSignal | undefined): Promise<boolean> {
  const { status } = await engine.call("GET", `/images/${encodeURI(image)}/json`, { signal, expect: [404] });
  return status === 200;
}

async function pullImage(engine: ContainerEngine, image: string, { onPull, signal }: EnsureImageOptions): Promise<void> {
  const { name, tag } = splitReference(image);
  const query = new URLSearchParams(tag === null ? { fromImage: name } : { fromImage: name, tag });
  const response = await engine.open("POST", `/images/create?${query.toString()}`, { signal });
  let problem = response.statusCode === 200 ? undefined : `status ${response.statusCode ?? 0}`;
  try {
    for await (const line of createInterface({ input: response })) {
      const said = progressIn(line);
      problem = said.error ?? problem;
      if (said.status !== undefined)
        onPull?.({ image, layer: said.id ?? null, status: said.status, current: said.current, total: said.total });
    }
  } catch (error) {
    if (signal?.aborted === true) throw abortError(signal);
    problem = error instanceof Error ? error.message : String(error);
  }
  if (signal?.aborted === true) throw abortError(signal);
  // An engine that stops in the middle says nothing: only the image itself proves that it is there.
  if (problem === undefined && (await hasImage(engine, image, signal))) return;
  throw new AutogenError(
    "executor-failed",
    `The image \`${image}\` could not be pulled: ${problem ?? "the engine broke off"}. Check its name and the network, or pull it by hand.`,
  );
}

/** `host:5000/a/b:tag` has a colon that is no tag; a digest stays with the name. */
function splitReference(image: string): { name: string; tag: string | null } {
  if (image.includes("@")) return { name: image, tag: null };
  const colon = image.lastIndexOf(":");
  if (colon <= image.lastIndexOf("/")) return { name: image, tag: "latest" };
  return { name: image.slice(0, colon), tag: image.slice(colon + 1) };
}

interface PullLine {
  readonly status?: string | undefined;
  readonly id?: string | undefined;
  readonly error?: string | undefined;
  readonly current: number | null;
  readonly total: number | null;
}

function progressIn(line: string): PullLine {
  const nothing: PullLine = { current: null, total: null };
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return nothing;
  }
  if (typeof value !== "object" || value === null) return nothing;
  const fields = value as Readonly<Record<string, unknown>>;
  const text = (key: string): string | undefined => (typeof fields[key] === "string" ? fields[key] : undefined);
  const detail =
    typeof fields["progressDetail"] === "object" ? (fields["progressDetail"] as Readonly<Record<string, unknown>> | null) : null;
  const count = (key: string): number | null => (typeof detail?.[key] === "number" ? detail[key] : null);
  return {
    status: text("status"),
    id: text("id"),
    error: text("error") ?? (text("status") === undefined ? (text("message") ?? text("cause")) : undefined),
    current: count("current"),
    total: count("total"),
  };
}
