/**
 * A run as one page: timeline, transcript, speakers, costs. What stands in the run is a stranger's, so the page needs no script and
 * allows none, and fetches nothing.
 */
import { createHash } from "node:crypto";
import { basename } from "node:path";
import { counted, duration, grouped, money, moneyOfSum, shortened } from "../in-units.js";
import type { StoredRun } from "../read-run-file.js";
import { summaryOf, type RunSummary } from "../run-summary.js";
import { timelineOf, type TimelineRow } from "../timeline.js";
import { Html, markup } from "./html.js";
import { speakerGraph, turnsOf } from "./speaker-graph.js";
import { STYLE } from "./style.js";
import { transcript } from "./transcript.js";

/** More rows would make the page slow; the file has them. */
const MOST_ROWS = 5_000;
const MOST_LETTERS = 240;

/** The page as text of HTML. It stands by itself: nothing is loaded from elsewhere. */
export function runPage(run: StoredRun): string {
  const summary = summaryOf(run);
  const rows = timelineOf(run);
  const depths = new Map(rows.map(({ seq, depth }) => [seq, depth]));
  const name = basename(run.file);
  const sections: readonly (readonly [id: string, title: string, content: Html | null])[] = [
    ["timeline", "Timeline", timeline(rows, summary)],
    ["speakers", "Who spoke after whom", speakerGraph(turnsOf(run.events))],
    ["costs", "Tokens and costs", costs(summary)],
    ["transcript", "Transcript", transcript(run.events, depths)],
  ];
  const shown = sections.filter(([, , content]) => content !== null);
  return markup`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${policy()}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="referrer" content="no-referrer" />
        <title>${name}</title>
        <style>${new Html(STYLE)}</style>
      </head>
      <body>
        <a class="skip" href="#timeline">Skip to the timeline</a>
        <header>
          <h1>${name}</h1>
          <p class="soft">${summary.time.replace("T", " ").replace("Z", " UTC")}</p>
          ${facts(summary)} ${run.notes.map((note) => markup`<p class="note">${note}</p>`)}
          <nav aria-label="Parts of this page">
            <ul>
              ${shown.map(([id, title]) => markup`<li><a href="#${id}">${title}</a></li>`)}
            </ul>
          </nav>
        </header>
        <main>
          ${shown.map(
            ([id, title, content]) =>
              markup`<section>
                <h2 id="${id}">${title}</h2>
                ${content}
              </section>`,
          )}
        </main>
        <footer>
          <p>Written by autogen-ts from a run file. The page holds the whole conversation: pass it on with care.</p>
        </footer>
      </body>
    </html>
`.text;
}

/** No script, no font, no frame, no request; the one style is named by its hash. */
function policy(): string {
  const hash = createHash("sha256").update(STYLE).digest("base64");
  return `default-src 'none'; style-src 'sha256-${hash}'; img-src data:; base-uri 'none'; form-action 'none'`;
}

function facts({ durationMs, messages, total, warnings, stopReason }: RunSummary): Html {
  const cached = total.cached === 0 ? null : markup` <small>(${grouped(total.cached)} cached)</small>`;
  const list: readonly (readonly [string, Html])[] = [
    ["Time", markup`${duration(durationMs)}`],
    ["Messages", markup`${grouped(messages)}`],
    ["Model calls", markup`${grouped(total.calls)}${cached}`],
    ["Tokens in / out", markup`${grouped(total.promptTokens)} / ${grouped(total.completionTokens)}`],
    ["Cost", markup`${moneyOfSum(total)}`],
    ["Ended by", markup`${stopReason ?? "(not ended)"}`],
    ...(warnings === 0 ? [] : [["Warnings", markup`<span class="failed">${warnings}</span>`] as const]),
  ];
  return markup`<dl class="facts">
    ${list.map(
      ([term, value]) =>
        markup`<div>
          <dt>${term}</dt>
          <dd>${value}</dd>
        </div>`,
    )}
  </dl>`;
}

function timeline(rows: readonly TimelineRow[], { durationMs }: RunSummary): Html {
  const more = rows.length - MOST_ROWS;
  const whole = Math.max(1, durationMs);
  return markup`${more > 0 ? markup`<p class="note">${counted(more, "further row")} of the timeline: see the file.</p>` : null}
    <div class="card timeline" tabindex="0" role="region" aria-labelledby="timeline">
      <table>
        <thead>
          <tr>
            <th scope="col" class="number">Start</th>
            <th scope="col" class="number">Took</th>
            <th scope="col">What happened</th>
            <th scope="col" class="bar">When</th>
            <th scope="col" class="number">Tokens in + out</th>
            <th scope="col" class="number">Cost</th>
          </tr>
        </thead>
        <tbody>
          ${rows.slice(0, MOST_ROWS).map((row) => rowOf(row, whole))}
        </tbody>
      </table>
    </div>`;
}

function rowOf(row: TimelineRow, whole: number): Html {
  const { startMs, durationMs, tokens, cost, cached, kind } = row;
  const took = durationMs === null ? markup`<span class="failed">no end</span>` : durationMs === 0 ? null : duration(durationMs);
  const x = (1000 * startMs) / whole;
  const width = Math.max(4, (1000 * (durationMs ?? whole - startMs)) / whole);
  const usage = tokens === null ? null : `${grouped(tokens.prompt)} + ${grouped(tokens.completion)}`;
  const price = kind !== "model" || tokens === null ? null : cached ? "cached" : money(cost);
  return markup`<tr>
    <td class="number">${(startMs / 1000).toFixed(3)} s</td>
    <td class="number">${took}</td>
    <td><div class="in${Math.min(8, row.depth)}">${wordsOf(row)}</div></td>
    <td class="bar">
      <svg viewBox="0 0 1000 10" preserveAspectRatio="none" aria-hidden="true">
        <rect class="${kind}" x="${Math.min(996, x).toFixed(1)}" y="0" width="${width.toFixed(1)}" height="10" rx="2" />
      </svg>
    </td>
    <td class="number">${usage}</td>
    <td class="number">${price}</td>
  </tr>`;
}

function wordsOf({ kind, who, what, failed, seq }: TimelineRow): Html {
  const start = what.slice(0, 4 * MOST_LETTERS).replaceAll(/\s+/gu, " ");
  const text = shortened(start.trim(), MOST_LETTERS);
  const name = who === "" ? (kind === "warning" ? "warning" : "") : who;
  const by = markup`<span class="kind ${kind}">${name}</span>`;
  if (kind === "message")
    return markup`${by}: ${text === "" ? "(nothing)" : text}
      <a href="#event-${seq}" aria-label="message ${seq} in the transcript">¶</a>`;
  return failed ? markup`${by} <span class="failed">${text}</span>` : markup`${by} ${text}`;
}

function costs({ usage, total }: RunSummary): Html | null {
  if (usage.length === 0) return null;
  const cells = ({ calls, cached, promptTokens, completionTokens, ...sum }: RunSummary["total"]): Html[] =>
    [grouped(calls), grouped(cached), grouped(promptTokens), grouped(completionTokens), moneyOfSum(sum)].map(
      (value) => markup`<td class="number">${value}</td>`,
    );
  const most = usage.reduce((sum, line) => Math.max(sum, line.promptTokens + line.completionTokens), 1);
  const rows = usage.map((line) => {
    const [input, output] = [line.promptTokens, line.completionTokens].map((tokens) => (1000 * tokens) / most);
    return markup`<tr>
      <td>${line.agent}</td>
      <td>${line.model}</td>
      ${cells(line)}
      <td class="bar">
        <svg viewBox="0 0 1000 10" preserveAspectRatio="none" aria-hidden="true">
          <rect class="message" width="${(input ?? 0).toFixed(1)}" height="10" />
          <rect class="model" x="${(input ?? 0).toFixed(1)}" width="${(output ?? 0).toFixed(1)}" height="10" />
        </svg>
      </td>
    </tr>`;
  });
  const heads = ["Calls", "Cached", "Tokens in", "Tokens out", "Cost"].map(
    (title) => markup`<th scope="col" class="number">${title}</th>`,
  );
  return markup`<div class="card" tabindex="0" role="region" aria-labelledby="costs">
      <table>
        <thead>
          <tr>
            <th scope="col">Agent</th>
            <th scope="col">Model</th>
            ${heads}
            <th scope="col" class="bar">In and out</th>
          </tr>
        </thead>
        <tbody>
          ${rows}
          <tr>
            <th scope="row" colspan="2">Together</th>
            ${cells(total)}
            <td class="bar"></td>
          </tr>
        </tbody>
      </table>
    </div>
    <p class="soft">In US dollars; answers from the cache cost nothing.</p>`;
}
