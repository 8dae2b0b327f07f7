/** The timeline of a run for a terminal. */
import { visibleText } from "../../core.js";
import { counted, duration, grouped, money, moneyOfSum, shortened } from "./in-units.js";
import type { StoredRun } from "./read-run-file.js";
import { summaryOf, type RunSummary } from "./run-summary.js";
import { timelineOf, type TimelineRow } from "./timeline.js";

/** How it is shown. */
export interface TimelineTextOptions {
  /** With the commands for colours that terminals know. @default false */
  readonly colours?: boolean;
  /** Columns; longer lines are cut. @default 120 */
  readonly columns?: number;
}

/** A line for each thing that happened. What strangers wrote is text only: terminals obey nothing of it. */
export function timelineText(run: StoredRun, { colours = false, columns = 120 }: TimelineTextOptions = {}): string {
  const paint = (code: number, text: string): string => (colours ? `\u001B[${String(code)}m${text}\u001B[0m` : text);
  const rows = timelineOf(run).map((row) => {
    const line = `${startColumn(row)} ${durationColumn(row)}  ${"  ".repeat(Math.min(row.depth, MOST_INDENTED))}`;
    const usage = usageColumn(row);
    const room = Math.max(24, columns - line.length - (usage === "" ? 0 : usage.length + 2));
    const words = shortened(wordsOf(row), room);
    const text = row.failed ? paint(RED, words) : row.kind === "message" ? words : paint(DIM, words);
    return `${paint(DIM, line)}${text}${usage === "" ? "" : `  ${usage}`}`;
  });
  const notes = run.notes.map((note) => `Note: ${note}`);
  return [...headOf(run, summaryOf(run)), ...notes, "", ...rows, ""].join("\n");
}

/** What is deeper stands below each other. */
const MOST_INDENTED = 20;
const RED = 31;
const DIM = 2;

function headOf({ file }: StoredRun, summary: RunSummary): string[] {
  const { total, messages, warnings, stopReason, durationMs } = summary;
  const cached = total.cached === 0 ? "" : ` (${grouped(total.cached)} cached)`;
  const parts = [
    counted(messages, "message"),
    `${counted(total.calls, "model call")}${cached}`,
    `${grouped(total.promptTokens)} tokens in, ${grouped(total.completionTokens)} out`,
    `cost ${moneyOfSum(total)}`,
    ...(warnings === 0 ? [] : [counted(warnings, "warning")]),
  ];
  const end = stopReason === null ? "not ended" : `ended by ${oneLine(stopReason)}`;
  return [
    `${oneLine(file)}: ${summary.time.replace("T", " ").replace("Z", " UTC")}, ${duration(durationMs)}, ${end}`,
    parts.join(", "),
  ];
}

const startColumn = ({ startMs }: TimelineRow): string => `${(startMs / 1000).toFixed(3)} s`.padStart(11);

const durationColumn = ({ durationMs }: TimelineRow): string =>
  (durationMs === null ? "no end" : durationMs === 0 ? "" : duration(durationMs)).padStart(9);

function usageColumn({ tokens, cost, kind }: TimelineRow): string {
  if (kind !== "model" || tokens === null) return "";
  return `${grouped(tokens.prompt)} + ${grouped(tokens.completion)} tokens, ${money(cost)}`;
}

function wordsOf({ kind, who, what }: TimelineRow): string {
  const text = oneLine(what);
  const name = oneLine(who);
  if (kind === "warning") return `warning: ${text}`;
  return kind === "message" ? `${name}: ${text === "" ? "(nothing)" : text}` : `${name} ${text}`.trim();
}

function oneLine(text: string): string {
  const line = text.replaceAll(/\s+/gu, " ").trim();
  return /^[ -~]*$/u.test(line) ? line : visibleText(line);
}
