/** Who spoke after whom, as a picture and as numbers. */
import { shortened } from "../in-units.js";
import { textIn, type StoredEvent } from "../stored-event.js";
import { markup, type Html } from "./html.js";

/** How often `to` spoke right after `from`. */
export interface Turn {
  readonly from: string;
  readonly to: string;
  readonly count: number;
}

/** Turns of all conversations, each counted by itself, in order of their first. A message that nobody answered is a turn to whom it went. */
export function turnsOf(events: readonly StoredEvent[]): readonly Turn[] {
  const speakers = new Map<string, StoredEvent[]>();
  for (const event of events) {
    if (event.type !== "message.received") continue;
    const conversation = event.path.replace(/\/group-\d+$/u, "");
    const list = speakers.get(conversation);
    if (list === undefined) speakers.set(conversation, [event]);
    else list.push(event);
  }
  const counts = new Map<string, Turn>();
  const add = (from: string, to: string): void => {
    const key = JSON.stringify([from, to]);
    counts.set(key, { from, to, count: (counts.get(key)?.count ?? 0) + 1 });
  };
  for (const list of speakers.values()) {
    const [only] = list;
    if (list.length === 1 && only !== undefined) add(textIn(only, "from"), textIn(only, "to"));
    for (const [at, event] of list.entries()) {
      const next = list[at + 1];
      if (next !== undefined) add(textIn(event, "from"), textIn(next, "from"));
    }
  }
  return [...counts.values()];
}

const SIZE = 480;
const MIDDLE = SIZE / 2;
/** Names longer than this are cut in the picture; the table has them whole. */
const MOST_LETTERS = 18;
/** More could not be told apart. */
const MOST_SPEAKERS = 24;

/** A drawing and a table of the same numbers; null when nobody spoke. */
export function speakerGraph(turns: readonly Turn[]): Html | null {
  const names = [...new Set(turns.flatMap(({ from, to }) => [from, to]))];
  if (names.length === 0) return null;
  const rows = turns.map(
    ({ from, to, count }) =>
      markup`<tr>
        <td>${from}</td>
        <td>${to}</td>
        <td class="number">${count}</td>
      </tr>`,
  );
  return markup`<div class="graph">
    ${names.length > MOST_SPEAKERS ? null : drawing(names, turns)}
    <div class="card" tabindex="0" role="region" aria-label="Turns">
      <table>
        <thead>
          <tr>
            <th scope="col">After</th>
            <th scope="col">speaks</th>
            <th scope="col" class="number">times</th>
          </tr>
        </thead>
        <tbody>
          ${rows}
        </tbody>
      </table>
    </div>
  </div>`;
}

interface Point {
  readonly x: number;
  readonly y: number;
}

function drawing(names: readonly string[], turns: readonly Turn[]): Html {
  const places = new Map(names.map((name, at) => [name, onCircle(at, names.length)]));
  const most = turns.reduce((highest, { count }) => Math.max(highest, count), 1);
  const edges = turns.map((turn) => {
    const [from, to] = [places.get(turn.from), places.get(turn.to)];
    return from === undefined || to === undefined ? null : edge(from, to, turn.count, most);
  });
  const nodes = [...places].map(([name, { x, y }]) => {
    const label = shortened(name, MOST_LETTERS);
    const half = Math.max(34, label.length * 4.6 + 14);
    return markup`<rect class="node" x="${at(x - half)}" y="${at(y - 18)}" width="${at(2 * half)}" height="36" rx="18" />
      <text x="${at(x)}" y="${at(y + 5)}" text-anchor="middle">${label}</text>`;
  });
  return markup`<svg viewBox="0 0 ${SIZE} ${SIZE}" role="img" aria-label="Who spoke after whom; the table has the same numbers">
    <defs>
      <marker
        id="tip"
        viewBox="0 0 10 10"
        refX="9"
        refY="5"
        markerWidth="9"
        markerHeight="9"
        markerUnits="userSpaceOnUse"
        orient="auto"
      >
        <path class="tip" d="M0 0L10 5L0 10z" />
      </marker>
    </defs>
    ${edges}${nodes}
  </svg>`;
}

function onCircle(index: number, count: number): Point {
  if (count === 1) return { x: MIDDLE, y: MIDDLE };
  // Two stand side by side, more begin at the top.
  const angle = (2 * Math.PI * index) / count - (count === 2 ? Math.PI : Math.PI / 2);
  return { x: MIDDLE + 150 * Math.cos(angle), y: MIDDLE + 170 * Math.sin(angle) };
}

/** Bent to one side, so that there and back are two lines. */
function edge(from: Point, to: Point, count: number, most: number): Html {
  const width = at(1.5 + (3 * count) / most);
  if (from === to) {
    const [left, right, top] = [at(from.x - 16), at(from.x + 16), at(from.y - 18)];
    const up = at(from.y - 70);
    return markup`<path
        class="edge"
        stroke-width="${width}"
        marker-end="url(#tip)"
        d="M${left} ${top}C${at(from.x - 40)} ${up} ${at(from.x + 40)} ${up} ${right} ${top}"
      />
      <text class="times" x="${at(from.x)}" y="${at(from.y - 60)}" text-anchor="middle">${count}</text>`;
  }
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const length = Math.hypot(dx, dy);
  const bend = 38;
  const side = { x: (-dy / length) * bend, y: (dx / length) * bend };
  const middle = { x: (from.x + to.x) / 2 + side.x * 1.6, y: (from.y + to.y) / 2 + side.y * 1.6 };
  const [start, end] = [edgeOfNode(from, middle), edgeOfNode(to, middle)];
  // The point of the curve at its half.
  const label = { x: (start.x + 2 * middle.x + end.x) / 4, y: (start.y + 2 * middle.y + end.y) / 4 };
  return markup`<path
      class="edge"
      stroke-width="${width}"
      marker-end="url(#tip)"
      d="M${at(start.x)} ${at(start.y)}Q${at(middle.x)} ${at(middle.y)} ${at(end.x)} ${at(end.y)}"
    />
    <text class="times" x="${at(label.x)}" y="${at(label.y + 4)}" text-anchor="middle">${count}</text>`;
}

/** Where a line from the middle of a node to another point leaves it, nearly. */
function edgeOfNode(node: Point, towards: Point): Point {
  const [dx, dy] = [towards.x - node.x, towards.y - node.y];
  const reach = Math.min(52 / Math.max(1e-9, Math.abs(dx)), 24 / Math.max(1e-9, Math.abs(dy)), 1);
  return { x: node.x + dx * reach, y: node.y + dy * reach };
}

const at = (value: number): string => value.toFixed(1);
