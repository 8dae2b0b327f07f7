import assert from "node:assert/strict";
import { test } from "vitest";
import { entryBytes, MOST_PACKAGES, packagesOf, WORK, wrongEntries, wrongPackages, wrongWork } from "./check-budget.mjs";
import { tree } from "./temporary.mjs";

test("an entry counts what it imports, once, and nothing that is loaded later", () => {
  const files = {
    "index.js":
      'import {\n  a\n} from "./parts/a.js";\nimport "./parts/b.js";\nconst later = () => import("./parts/later.js");\n',
    "parts/a.js": 'import { b } from "./b.js";\nexport const a = 1;\n',
    "parts/b.js": "export const b = 2;\n",
    "parts/later.js": "export const c = 3;\n".repeat(100),
  };
  const folder = tree(files);
  const expected = files["index.js"].length + files["parts/a.js"].length + files["parts/b.js"].length;
  assert.deepEqual(entryBytes({ ".": { default: "./index.js" }, "./package.json": "./package.json" }, folder), { ".": expected });
});

test("an entry above its limit is a problem, and one without a limit as well", () => {
  assert.deepEqual(wrongEntries({ "./core": 1_000 }), []);
  assert.match(wrongEntries({ "./core": 10_000_000 })[0] ?? "", /^entry \.\/core reads 10000000 bytes, at most /);
  assert.match(wrongEntries({ "./new": 1 })[0] ?? "", /no limit/);
});

test("packages are counted as they are installed, nested ones too", () => {
  const locked = {
    "packages/one": { dependencies: { a: "1", b: "1" } },
    "node_modules/a": { dependencies: { b: "2" } },
    "node_modules/a/node_modules/b": {},
    "node_modules/b": {},
    "node_modules/other": {},
  };
  const found = packagesOf("packages/one", locked);
  assert.deepEqual(found, ["packages/one", "node_modules/a", "node_modules/b", "node_modules/a/node_modules/b"]);
  assert.deepEqual(wrongPackages(found.slice(0, MOST_PACKAGES)), []);
  assert.match(wrongPackages([...found, "node_modules/other"])[0] ?? "", /^5 packages are installed, at most 4/);
});

test("work that takes too much, or grows with the number of times, is a problem", () => {
  const fine = { promises: 20, bytes: 9_000 };
  assert.deepEqual(wrongWork({ turn: { few: fine, many: fine } }), []);
  const wasteful = { promises: WORK.turn.promises + 1, bytes: 9_000 };
  assert.deepEqual(wrongWork({ turn: { few: wasteful, many: wasteful } }), [`turn: 26 promises, at most 25`]);
  const growing = wrongWork({ turn: { few: { promises: 2, bytes: 900 }, many: { promises: 20, bytes: 9_000 } } });
  assert.equal(growing.length, 2);
  assert.match(growing[1] ?? "", /grows with their number/);
  assert.match(wrongWork({ "something new": { few: fine, many: fine } })[0] ?? "", /no limit/);
});
