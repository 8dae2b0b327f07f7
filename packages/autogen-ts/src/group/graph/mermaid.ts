/** Pictures in the language of Mermaid (https://mermaid.js.org/syntax/flowchart.html). */
import { labelText, type Picture, type PictureEdge, type PictureNode } from "./picture.js";

export function mermaidText({ teams, nodes, edges }: Picture, direction: string): string {
  const unlisted = edges.flatMap(({ listed }, index) => (listed ? [] : [index]));
  const outside = [...teams.flatMap((team) => team.nodes), ...nodes].filter(({ member }) => !member);
  return [
    `flowchart ${direction}`,
    ...teams.flatMap((team) => [
      `  subgraph ${team.id}["${escaped(team.name)}"]`,
      ...team.nodes.map((node) => `  ${nodeLine(node)}`),
      "  end",
    ]),
    ...nodes.map(nodeLine),
    ...edges.map(edgeLine),
    ...(unlisted.length > 0 ? [`  linkStyle ${unlisted.join(",")} stroke:#c2410c,stroke-width:2px`] : []),
    ...outside.map(({ id }) => `  style ${id} stroke-dasharray:4 3`),
    "",
  ].join("\n");
}

const nodeLine = ({ id, name }: PictureNode): string => `  ${id}["${escaped(name)}"]`;

/** A turn that was possible and not taken is dotted. */
function edgeLine({ from, to, count }: PictureEdge): string {
  if (count === null) return `  ${from} --> ${to}`;
  return count === 0 ? `  ${from} -.-> ${to}` : `  ${from} -->|${String(count)}| ${to}`;
}

/** Letters, digits and what is harmless stay; all else would be markup, a directive or a list to some version of Mermaid. */
const escaped = (name: string): string =>
  labelText(name)
    .replaceAll(/[^\p{L}\p{N}\p{M} _.,…�-]/gu, (sign) => `#${String(sign.codePointAt(0))};`)
    .replaceAll(/(?<=^\d*)[.-](?= )/gu, (sign) => `#${String(sign.codePointAt(0))};`);
