import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "vitest";
import { mentionedAgents, resolveSpeaker, type ResolveOptions } from "../../core.js";
import fixture from "./fixtures/selection-answers.json" with { type: "json" };

interface Answer {
  readonly team: string;
  readonly answer: string;
  /** Whom a person would choose; null: nobody in particular. */
  readonly choice: string | null;
}

type Kinds = Readonly<Record<string, readonly Answer[]>>;
type Resolver = (answer: string, names: readonly string[]) => string | null;

const TEAMS: Readonly<Record<string, readonly string[]>> = fixture.teams;

const resolver =
  (options: ResolveOptions = {}): Resolver =>
  (answer, names) => {
    const found = resolveSpeaker(answer, names, options);
    return found.kind === "one" ? found.name : null;
  };

/** The rule of the reference: exactly one name is mentioned. */
const byMentions: Resolver = (answer, names) => {
  const found = [
    ...mentionedAgents(
      answer,
      names.map((name) => ({ name })),
    ).keys(),
  ];
  return found.length === 1 ? (found[0] ?? null) : null;
};

interface Row {
  readonly kind: string;
  readonly answers: number;
  readonly resolved: number;
  readonly wrong: readonly string[];
  readonly missed: readonly string[];
}

function rowsOf(kinds: Kinds, resolve: Resolver): readonly Row[] {
  return Object.entries(kinds).map(([kind, list]) => {
    const judged = list.map(({ team, answer, choice }) => ({ answer, choice, got: resolve(answer, TEAMS[team] ?? []) }));
    const unlike = judged.filter(({ choice, got }) => got !== choice);
    const said = ({ answer, got }: (typeof judged)[number]): string => `${JSON.stringify(answer)} → ${got ?? "asked again"}`;
    return {
      kind,
      answers: list.length,
      resolved: list.length - unlike.length,
      wrong: unlike.filter(({ got }) => got !== null).map(said),
      missed: unlike.filter(({ got }) => got === null).map(said),
    };
  });
}

const sum = (rows: readonly Row[], count: (row: Row) => number): number => rows.reduce((total, row) => total + count(row), 0);

function table(rows: readonly Row[]): string {
  const lines = rows.map(({ kind, answers, resolved, wrong }) => `| ${kind} | ${answers} | ${resolved} | ${wrong.length} |`);
  const all = `| all | ${sum(rows, (row) => row.answers)} | ${sum(rows, (row) => row.resolved)} | ${sum(rows, (row) => row.wrong.length)} |`;
  return ["| kind | answers | as a person would | wrong agent |", "| --- | --- | --- | --- |", ...lines, all].join("\n");
}

function holds(kinds: Kinds): void {
  const rows = rowsOf(kinds, resolver());
  const told = `${table(rows)}\n${rows.flatMap(({ wrong, missed }) => [...wrong, ...missed]).join("\n")}`;
  assert.deepEqual(
    rows.flatMap(({ wrong }) => wrong),
    [],
    told,
  );
  assert.ok(sum(rows, ({ resolved }) => resolved) >= 0.97 * sum(rows, ({ answers }) => answers), told);
}

test("D12-6 of 200 answers of small models at least 97 % are read as a person would, and no wrong agent is chosen", () => {
  const all = Object.values<readonly Answer[]>(fixture.answers).flat();
  assert.equal(all.length, 200);
  assert.equal(
    Object.values(fixture.answers)
      .flat()
      .filter(({ language }) => language !== "en").length,
    100,
  );
  holds(fixture.answers);
});

test("D12-6 the same holds for the answers that were set aside, and for those written later", () => {
  holds(fixture.setAside);
  holds(fixture.later);
});

test("D12-6 the rule of the reference alone, and the strict reading, are what the table is measured against", () => {
  const figures = (resolve: Resolver): readonly number[] => {
    const rows = rowsOf(fixture.answers, resolve);
    return [sum(rows, ({ resolved }) => resolved), sum(rows, ({ wrong }) => wrong.length)];
  };
  assert.deepEqual(
    { reference: figures(byMentions), strict: figures(resolver({ strict: true })) },
    { reference: [143, 3], strict: [154, 4] },
  );
});

test("the table in the documents is the measured one", () => {
  const page = readFileSync(new URL("../../../../../docs/speaker-answers.md", import.meta.url), "utf8").replaceAll(
    / {2,}|-{4,}/gu,
    (run) => (run.startsWith("-") ? "---" : " "),
  );
  const measured = table(rowsOf(fixture.answers, resolver()));
  assert.ok(page.includes(measured), `docs/speaker-answers.md should hold:\n${measured}`);
});
