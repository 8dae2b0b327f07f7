/** Pictures in the language of Graphviz (https://graphviz.org/doc/info/lang.html). */
import { labelText, type Picture, type PictureEdge, type PictureNode } from "./picture.js";

const FONT = 'fontname="Helvetica,Arial,sans-serif"';
const FILLS = ["#dbeafe", "#dcfce7", "#fef3c7", "#fce7f3", "#ede9fe", "#ffedd5"];
const PLAIN_FILL = "#f1f5f9";

export function dotText({ teams, nodes, edges }: Picture, direction: string): string {
  const most = Math.max(3, ...edges.map(({ count }) => count ?? 0));
  return [
    "digraph speakers {",
    `  graph [rankdir=${direction}, ${FONT}, fontsize=12, bgcolor=white, overlap=false, splines=true, pad=0.2]`,
    `  node [shape=box, style="rounded,filled", color="#475569", ${FONT}, fontsize=12]`,
    `  edge [color="#64748b", ${FONT}, fontsize=11, arrowsize=0.7]`,
    ...teams.flatMap((team, index) => [
      `  subgraph cluster_${team.id} {`,
      `    label=${quoted(team.name)}; color="#cbd5e1"; style=rounded`,
      ...team.nodes.map((node) => `  ${nodeLine(node, FILLS[index % FILLS.length] ?? PLAIN_FILL)}`),
      "  }",
    ]),
    ...nodes.map((node) => nodeLine(node, PLAIN_FILL)),
    ...edges.map((edge) => edgeLine(edge, most)),
    "}",
    "",
  ].join("\n");
}

const nodeLine = ({ id, name, member }: PictureNode, fill: string): string =>
  `  ${id} [label=${quoted(name)}, fillcolor="${fill}", width=${widthOf(name)}${member ? "" : ', style="rounded,dashed"'}]`;

/** Wider for what is taken more often; dashed for what was possible and not taken. */
function edgeLine({ from, to, count, listed }: PictureEdge, most: number): string {
  const attributes = [
    ...(count === null ? [] : count === 0 ? ['style=dashed, color="#cbd5e1"'] : [`label=" ${String(count)} "`]),
    ...(count === null || count === 0 ? [] : [`penwidth=${(1 + (3 * count) / most).toFixed(1)}`]),
    ...(listed ? [] : ['color="#c2410c", fontcolor="#c2410c"']),
  ];
  return `  ${from} -> ${to}${attributes.length > 0 ? ` [${attributes.join(", ")}]` : ""}`;
}

/** In inches; Graphviz knows the widths of Latin letters only. */
function widthOf(name: string): string {
  const wide = labelText(name).match(/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/gu)?.length ?? 0;
  return Math.max(0.75, (wide * 12 + (labelText(name).length - wide) * 6.5) / 72 + 0.35).toFixed(2);
}

/** A backslash would start one of the sequences that stand for parts of the graph (`\N`, `\G`). */
const quoted = (name: string): string => `"${labelText(name).replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
