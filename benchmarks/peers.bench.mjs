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
    rows.push(...(await oneAfterAnother(url, names, rows)));
    rows.push(...(await allAtOnce(url, names)));
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
      const able = [];
      for (const one of running.values()) {
        try {
          // Compiled and connected.
          if ((await one.run(task, times)) !== null) able.push(one.name);
        } catch (error) {
          rows.push(absent(`${title}: ${one.name}`, error.message));
        }
      }
      const costs = await byTurns(ROUNDS, able, async (name) => await running.get(name).run(task, times));
      for (const name of able) {
        const cpu = costs[name].map((cost) => cost.cpu);
        rows.push({ label: `${title}: ${name}`, value: median(cpu), spread: spread(cpu), unit: "µs" });
        const wall = costs[name].map((cost) => cost.wall);
        rows.push({ label: `${title}: ${name}, on the clock`, value: median(wall), spread: spread(wall), unit: "µs" });
      }
      rows.push(...ratios(title, task, costs));
    }
  } finally {
    for (const one of running.values()) one.stop();
  }
  return [];
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
async function allAtOnce(url, names) {
  const title = `${CONCURRENT} tool loops at once`;
  const { running } = await start(url, names);
  const rows = [];
  try {
    const able = [];
    for (const one of running.values()) {
      try {
        if ((await one.run("loop", CONCURRENT, { atOnce: true })) !== null) able.push(one.name);
      } catch (error) {
        rows.push(absent(`${title}: ${one.name}`, error.message));
      }
    }
    const costs = await byTurns(ROUNDS, able, async (name) => await running.get(name).run("loop", CONCURRENT, { atOnce: true }));
    const runs = (name) => costs[name].map(({ cpu }) => 1e6 / cpu);
    const peak = (name) => Math.max(...costs[name].map(({ peakBytes }) => peakBytes));
    for (const name of able) {
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
    const peers = PEERS.filter((name) => able.includes(name));
    const quickest = peers.toSorted((a, b) => median(runs(b)) - median(runs(a)))[0];
    const smallest = peers.toSorted((a, b) => peak(a) - peak(b))[0];
    if (quickest === undefined || smallest === undefined || !able.includes(OWN)) return rows;
    const values = runs(OWN).map((value, round) => value / runs(quickest)[round]);
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
    return rows;
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
