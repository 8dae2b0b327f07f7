/**
 * The library beside other frameworks, each in the shape that its own documents recommend, in a process of its own, on
 * one endpoint that answers at once. All take turns in each round. What counts first is processor time.
 */
import { startModelServer } from "./model-server.mjs";
import { Contender, FLOORS, installPeers, OWN, PEERS, versionOf } from "./peers/contenders.mjs";
import { byTurns, median, spread } from "./rounds.mjs";

/** Takes minutes and a large installation. */
export const onlyOnDemand = "peers";

const ROUNDS = 9;
const WARM_UPS = 3;
const CONCURRENT = 200;

const TASKS = [
  { task: "turn", title: "one turn", times: 100 },
  { task: "history", title: "turn with 400 messages", times: 40 },
  { task: "loop", title: "tool loop", times: 60 },
];

/** @param {{ rows: import("../scripts/bench.mjs").Row[] }} context */
export async function run({ rows }) {
  const names = [...FLOORS, OWN, ...PEERS];
  const failure = await installPeers();
  if (failure !== null) rows.push(absent("the other frameworks", failure));
  const server = await startModelServer();
  try {
    const url = `${server.url}/peers/v1`;
    await oneAfterAnother(url, names, rows);
    await allAtOnce(url, names, rows);
    return rows;
  } finally {
    server.stop();
  }
}

/** Turns and loops, one at a time. */
async function oneAfterAnother(url, names, rows) {
  const { running, missing } = await start(url, names);
  rows.push(...missing);
  try {
    for (const { task, title, times } of TASKS) {
      const costs = await costsOf(running, { task, title, times, atOnce: false }, rows);
      for (const [name, each] of Object.entries(costs)) {
        const [cpu, wall] = [each.map((cost) => cost.cpu), each.map((cost) => cost.wall)];
        rows.push(
          { label: `${title}: ${name}`, value: median(cpu), spread: spread(cpu), unit: "µs" },
          { label: `${title}: ${name}, on the clock`, value: median(wall), spread: spread(wall), unit: "µs" },
        );
      }
      rows.push(...ratios(title, task, costs));
    }
  } finally {
    for (const one of running.values()) one.stop();
  }
}

/**
 * By turns; whoever fails is left out, and a row says why.
 *
 * @param {ReadonlyMap<string, Contender>} running
 * @returns {Promise<Record<string, import("./peers/contenders.mjs").Cost[]>>}
 */
async function costsOf(running, { task, title, times, atOnce }, rows) {
  const able = [];
  for (const one of running.values()) {
    if (!one.can(task)) continue;
    try {
      for (let warm = 0; warm < WARM_UPS; warm += 1) await one.run(task, times, { atOnce }); // compiled and connected
      able.push(one);
    } catch (error) {
      rows.push(absent(`${title}: ${one.name}`, error.message));
    }
  }
  const byName = new Map(able.map((one) => [one.name, one]));
  return await byTurns(ROUNDS, [...byName.keys()], async (name) => {
    const one = byName.get(name);
    if (one === undefined) throw new Error(`${name} is not running.`);
    return await one.run(task, times, { atOnce });
  });
}

/** What the bars are about. */
function ratios(title, task, costs) {
  const own = costs[OWN];
  if (own === undefined) return [];
  const against = (label, other, atMost) => {
    const values = own.map(({ cpu }, round) => cpu / other(round));
    return {
      label: `${title}: ${OWN} against ${label}`,
      value: median(values),
      spread: spread(values),
      unit: "times",
      ...atMost,
    };
  };
  const found = [];
  if (task === "turn" && costs.openai !== undefined)
    found.push(against("openai", (round) => costs.openai[round].cpu, { atMost: 1.1 }));
  // The bar for this ratio is in `turn.bench.mjs`, where all run in one process: alone in its process, `fetch` is quicker.
  if (task === "history" && costs.fetch !== undefined) found.push(against("fetch", (round) => costs.fetch[round].cpu, {}));
  const peers = PEERS.filter((name) => costs[name] !== undefined);
  const cost = (name) => median(costs[name].map(({ cpu }) => cpu));
  const best = peers.toSorted((a, b) => cost(a) - cost(b))[0];
  if (best !== undefined) found.push(against(`the quickest peer (${best})`, (round) => costs[best][round].cpu, { atMost: 1 }));
  return found;
}

/** Many tool loops at once, in fresh processes, so that the peak of memory is theirs. */
async function allAtOnce(url, names, rows) {
  const title = `${CONCURRENT} tool loops at once`;
  const { running } = await start(url, names);
  try {
    const costs = await costsOf(running, { task: "loop", title, times: CONCURRENT, atOnce: true }, rows);
    const runs = (name) => (costs[name] ?? []).map(({ cpu }) => 1e6 / cpu);
    const peak = (name) => Math.max(...(costs[name] ?? []).map(({ peakBytes }) => peakBytes));
    for (const name of Object.keys(costs)) {
      rows.push(
        {
          label: `${title}: ${name}`,
          value: median(runs(name)),
          spread: spread(runs(name)),
          unit: "runs per second of one core",
        },
        { label: `${title}: ${name}, most memory`, value: peak(name) / 2 ** 20, unit: "MiB" },
      );
    }
    const peers = PEERS.filter((name) => name in costs);
    const quickest = peers.toSorted((a, b) => median(runs(b)) - median(runs(a)))[0];
    const smallest = peers.toSorted((a, b) => peak(a) - peak(b))[0];
    if (quickest === undefined || smallest === undefined || !(OWN in costs)) return;
    const values = runs(OWN).map((value, round) => value / (runs(quickest)[round] ?? Number.NaN));
    rows.push(
      {
        label: `${title}: ${OWN} against the quickest peer (${quickest})`,
        ...{ value: median(values), spread: spread(values), unit: "times as many", atLeast: 1.3 },
      },
      {
        label: `${title}: most memory against the smallest peer (${smallest})`,
        ...{ value: peak(OWN) / peak(smallest), unit: "times", atMost: 1 },
      },
    );
  } finally {
    for (const one of running.values()) one.stop();
  }
}

/** @param {string} url @param {readonly string[]} names */
async function start(url, names) {
  /** @type {Map<string, Contender>} */
  const running = new Map();
  const missing = [];
  for (const name of names) {
    try {
      running.set(name, await Contender.start(name, url));
    } catch (error) {
      missing.push(absent(name, error.message));
    }
  }
  return { running, missing };
}

/** A row for what could not be measured. @param {string} label @param {string} note */
const absent = (label, note) => ({ label, value: Number.NaN, unit: "", note: `not measured: ${note}` });

export const versions = async () => await Promise.all([...FLOORS.slice(1), OWN, ...PEERS].map(versionOf));
