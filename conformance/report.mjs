/** What people read: a difference for each failure, what was skipped, a table by area. */
import { lineDifference } from "./compare/lines.mjs";

/** @typedef {import("./judge.mjs").Verdict} Verdict */

const KINDS = /** @type {const} */ (["passed", "diverging", "failed", "skipped"]);

/** @param {readonly Verdict[]} verdicts @param {{ verbose?: boolean }} [options] @returns {string} */
export function report(verdicts, { verbose = false } = {}) {
  const blocks = [
    ...verdicts.filter(({ kind }) => kind === "failed").map(failure),
    ...(verbose ? [divergences(verdicts)] : []),
    skipped(verdicts, verbose),
    table(verdicts),
    closing(verdicts),
  ];
  return `${blocks.filter((block) => block !== "").join("\n\n")}\n`;
}

/** @param {Verdict} verdict */
function failure({ id, area, quirk, reason, difference, differences }) {
  const head = `FAILED ${id} (${area}${quirk ? ", quirk" : ""}${differences.map(({ divergence }) => `, ${divergence}`).join("")})`;
  if (difference === undefined) return `${head}\n  ${(reason ?? "").split("\n").join("\n  ")}`;
  const { path, want, got } = difference;
  if (typeof want === "string" && typeof got === "string" && `${want}${got}`.includes("\n")) {
    return `${head}\n  at ${path}, - expected, + got:\n${lineDifference(want, got)}`;
  }
  return `${head}\n  at ${path}\n  - expected: ${shown(want)}\n  + got:      ${shown(got)}`;
}

const shown = (value) => {
  const text = JSON.stringify(value) ?? "nothing";
  return text.length > 700 ? `${text.slice(0, 700)} …` : text;
};

function divergences(verdicts) {
  const lines = verdicts.flatMap(({ id, kind, differences }) =>
    kind === "diverging" ? differences.map(({ divergence, instead }) => `  ${id} (${divergence}): ${instead}`) : [],
  );
  return lines.length === 0 ? "" : `On purpose otherwise:\n${lines.join("\n")}`;
}

function skipped(verdicts, verbose) {
  const reasons = grouped(verdicts);
  const lines = [...reasons].map(
    ([reason, ids]) => `  ${String(ids.length).padStart(4)}  ${reason}${verbose ? `: ${ids.join(", ")}` : ""}`,
  );
  return lines.length === 0 ? "" : `Skipped, not available yet:\n${lines.toSorted((a, b) => b.localeCompare(a)).join("\n")}`;
}

function grouped(verdicts) {
  /** @type {Map<string, string[]>} */
  const reasons = new Map();
  for (const { kind, reason = "", id } of verdicts) {
    if (kind === "skipped") reasons.set(reason, [...(reasons.get(reason) ?? []), id]);
  }
  return reasons;
}

function table(verdicts) {
  const areas = [...new Set(verdicts.map(({ area }) => area))].toSorted((a, b) => a.localeCompare(b));
  const row = (name, list) => [
    name,
    ...KINDS.map((kind) => list.filter((one) => one.kind === kind).length),
    list.filter(({ quirk }) => quirk).length,
  ];
  const rows = [
    ...areas.map((area) =>
      row(
        area,
        verdicts.filter((one) => one.area === area),
      ),
    ),
    row("all", verdicts),
  ];
  const head = ["area", ...KINDS, "with quirk"];
  const line = (cells) =>
    cells.map((cell, index) => (index === 0 ? String(cell).padEnd(18) : String(cell === 0 ? "·" : cell).padStart(11))).join("");
  return [line(head), ...rows.map(line)].join("\n");
}

/** Counts of all cases; one that differs on purpose, as it should, has passed. @param {readonly Verdict[]} verdicts */
export function counts(verdicts) {
  const number = (kind) => verdicts.filter((one) => one.kind === kind).length;
  return { passed: number("passed") + number("diverging"), failed: number("failed"), skipped: number("skipped") };
}

function closing(verdicts) {
  const { passed, failed, skipped: left } = counts(verdicts);
  return `${passed} passed, ${failed} failed, ${left} skipped`;
}
