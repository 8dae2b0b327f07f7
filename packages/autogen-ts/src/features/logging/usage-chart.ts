/** Tokens and money of a log as a picture with bars. */
import { writeFile } from "node:fs/promises";
import { AutogenError } from "../../core.js";
import { pngOf } from "../../platform/node/index.js";
import { costText, groupName, type UsageReport } from "./usage-report.js";

const WIDTH = 760;
const NAMES = 190;
const BARS = 330;
const ROW = 28;
const TOP = 70;
/** More bars are no picture any more; the rest is one bar. */
const MOST_BARS = 40;
const LONGEST_NAME = 26;
const COLOURS = { prompt: "#4e79a7", completion: "#f28e2b", text: "#222222", faint: "#666666" } as const;

/** What a bar shows. */
interface Bar {
  readonly name: string;
  readonly prompt: number;
  readonly completion: number;
  readonly label: string;
}

/** A bar for each group, of its tokens, with its cost beside it. @returns SVG that needs nothing from elsewhere */
export function usageChart(report: UsageReport): string {
  const bars = barsOf(report);
  const longest = Math.max(1, ...bars.map(({ prompt, completion }) => prompt + completion));
  const height = TOP + Math.max(1, bars.length) * ROW + 20;
  const title = `Tokens and cost by ${report.by}`;
  const all = `${number(report.total.totalTokens)} tokens, cost in US dollars: ${costText(report.total)}`;
  const rows = bars.map((bar, index) => rowOf(bar, TOP + index * ROW, BARS / longest));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${String(WIDTH)}" height="${String(height)}" viewBox="0 0 ${String(WIDTH)} ${String(height)}" font-family="sans-serif" font-size="13" role="img" aria-label="${escaped(`${title}: ${all}`)}">`,
    `<rect width="100%" height="100%" fill="#ffffff"/>`,
    text(16, 26, title, `font-size="16" font-weight="bold" fill="${COLOURS.text}"`),
    text(16, 48, all, `fill="${COLOURS.faint}"`),
    ...legend(),
    ...(bars.length === 0 ? [text(16, TOP + 18, "No calls.", `fill="${COLOURS.text}"`)] : rows),
    "</svg>",
    "",
  ].join("\n");
}

/**
 * Writes the picture.
 *
 * @param path ends in `.svg`, or in `.png` with the optional package `@resvg/resvg-js`
 * @throws AutogenError `invalid-option` for another ending, `missing-package`; errors of the file system
 */
export async function writeUsageChart(report: UsageReport, path: string): Promise<void> {
  if (/\.svg$/iu.test(path)) await writeFile(path, usageChart(report));
  else if (/\.png$/iu.test(path)) await writeFile(path, await pngOf(usageChart(report), "A chart as PNG"));
  else
    throw new AutogenError(
      "invalid-option",
      `A chart cannot be written to \`${path}\`. Let the path end in \`.svg\` or \`.png\`.`,
    );
}

function barsOf({ groups }: UsageReport): readonly Bar[] {
  const shown = groups.length > MOST_BARS ? groups.slice(0, MOST_BARS - 1) : groups;
  const rest = groups.slice(shown.length);
  const bars = shown.map((group) => ({
    name: groupName(group.name),
    prompt: group.promptTokens,
    // Endpoints may say the sum alone.
    completion: Math.max(group.completionTokens, group.totalTokens - group.promptTokens),
    label: `${number(group.totalTokens)}, ${costText(group)}`,
  }));
  if (rest.length === 0) return bars;
  const sum = (value: (one: (typeof rest)[number]) => number): number => rest.reduce((all, one) => all + value(one), 0);
  const [tokens, prompt] = [sum((one) => one.totalTokens), sum((one) => one.promptTokens)];
  const known = rest.filter(({ cost }) => cost !== null);
  const cost = known.length === 0 ? null : sum((one) => one.cost ?? 0);
  const label = `${number(tokens)}, ${costText({ cost, unpricedCalls: sum((one) => one.unpricedCalls) })}`;
  return [...bars, { name: `${String(rest.length)} others`, prompt, completion: tokens - prompt, label }];
}

function rowOf({ name, prompt, completion, label }: Bar, y: number, scale: number): string {
  const short = name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME - 1)}…` : name;
  const bar = (from: number, tokens: number, colour: string): string =>
    `<rect x="${places(NAMES + from * scale)}" y="${String(y + 4)}" width="${places(tokens * scale)}" height="${String(ROW - 10)}" fill="${colour}"/>`;
  return [
    text(NAMES - 8, y + 18, short, `text-anchor="end" fill="${COLOURS.text}"`),
    bar(0, prompt, COLOURS.prompt),
    bar(prompt, completion, COLOURS.completion),
    text(NAMES + (prompt + completion) * scale + 8, y + 18, label, `fill="${COLOURS.faint}"`),
  ].join("\n");
}

function legend(): readonly string[] {
  const entry = (x: number, name: string, colour: string): string =>
    `<rect x="${String(x)}" y="16" width="12" height="12" fill="${colour}"/>\n${text(x + 18, 26, name, `fill="${COLOURS.text}"`)}`;
  return [entry(WIDTH - 230, "prompt", COLOURS.prompt), entry(WIDTH - 140, "completion", COLOURS.completion)];
}

const text = (x: number, y: number, content: string, attributes: string): string =>
  `<text x="${places(x)}" y="${String(y)}" ${attributes}>${escaped(content)}</text>`;

const places = (value: number): string => String(Math.round(value * 10) / 10);
const number = (value: number): string => value.toLocaleString("en-US");

const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
/** Names come from logs: no markup of theirs gets into the picture. */
const escaped = (content: string): string => content.replaceAll(/[&<>"']/gu, (found) => ENTITIES[found] ?? "");
