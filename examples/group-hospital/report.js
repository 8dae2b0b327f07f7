// @ts-check
// Tables of what a visit took.

const number = (/** @type {number} */ value) => value.toLocaleString("en-US");

/** @param {import("./play.js").Visit} visit */
export function agentTable({ uses, requests, prompt, total }) {
  const rows = uses.map(({ agent, requests: asked, prompt: input, completion, cost }) => [
    agent,
    number(asked),
    number(input),
    number(completion),
    cost.toFixed(6),
  ]);
  const cost = uses.reduce((sum, use) => sum + use.cost, 0);
  return table(
    ["agent", "requests", "tokens in", "tokens out", "US dollars"],
    [...rows, ["all", number(requests), number(prompt), number(total - prompt), cost.toFixed(6)]],
  );
}

/** @param {readonly (readonly [title: string, visit: import("./play.js").Visit, against: import("./play.js").Visit])[]} ways */
export function savingsTable(ways) {
  const rows = ways.map(([title, { requests, selection, speakers, prompt }, against]) => [
    title,
    number(requests),
    number(selection),
    number(speakers),
    number(prompt),
    prompt === against.prompt ? "–" : `${((100 * (against.prompt - prompt)) / against.prompt).toFixed(0)} %`,
  ]);
  return table(["who speaks is chosen by", "requests", "tokens in: selection", "agents", "together", "saved"], rows);
}

/** @param {readonly string[]} head @param {readonly (readonly string[])[]} rows */
function table(head, rows) {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (/** @type {readonly string[]} */ cells) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`;
  return [line(head), line(widths.map((width) => "-".repeat(width))), ...rows.map(line)].join("\n");
}
