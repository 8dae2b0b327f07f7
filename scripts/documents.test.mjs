import { join } from "node:path";
import { expect, test } from "vitest";
import { brokenLinks, unexplainedExports } from "./check-docs.mjs";
import { wrongContents, wrongPeers } from "./check-package.mjs";
import { readMarkdown } from "./markdown.mjs";
import { tree } from "./temporary.mjs";

test("code is read with its language, its flags and its place", () => {
  const { fences } = readMarkdown("# T\n\n```ts fragment\nlet a = 1;\n```\n~~~~\n```\n~~~~\n");
  expect(fences).toEqual([
    { language: "ts", flags: ["fragment"], code: "let a = 1;\n", line: 4 },
    { language: "", flags: [], code: "```\n", line: 7 },
  ]);
});

test("links in code are not links", () => {
  const { links } = readMarkdown("[a](b.md) `[c](d.md)`\n```\n[e](f.md)\n```\n![g](h.png)\n");
  expect(links).toEqual([
    { target: "b.md", line: 1 },
    { target: "h.png", line: 5 },
  ]);
});

test("headings are reached by the names that web views give them", () => {
  const { anchors } = readMarkdown("# One, two!\n## `code` & [link](x.md)\n## One, two!\n");
  expect([...anchors]).toEqual(["one-two", "code--link", "one-two-1"]);
});

test("a link leads to a file, a folder or a heading that exists", () => {
  const text = "# Here\n[a](b.md#there) [c](#here) [d](https://example.org/x) [e](.)\n[f](gone.md) [g](b.md#gone) [h](#gone)\n";
  const folder = tree({ "a.md": text, "b.md": "## There\n" });
  const found = brokenLinks({ path: join(folder, "a.md"), ...readMarkdown(text) });
  expect(found.map((line) => line.replace(/^.*?a\.md/, "a.md"))).toEqual([
    "a.md:3 `gone.md` leads nowhere",
    "a.md:3 `b.md#gone`: there is no such heading",
    "a.md:3 `#gone`: there is no such heading",
  ]);
});

test("public names have docstrings, wherever they are defined", () => {
  const folder = tree({
    "package.json": '{ "type": "module" }',
    "index.ts": 'export { told, untold } from "./x.js";\nexport type { Untold } from "./x.js";\n',
    "x.ts":
      "/** Yes. */\nexport const told = 1;\nexport const untold = 2;\nexport interface Untold {}\nexport const inner = 3;\n",
  });
  const found = unexplainedExports([join(folder, "index.ts")]).map((line) => line.replace(/^.*?x\.ts/, "x.ts"));
  expect(found).toEqual(["x.ts:3 `untold` is public and has no docstring", "x.ts:4 `Untold` is public and has no docstring"]);
});

test("a package holds what it needs and nothing else", () => {
  const needed = ["package.json", "LICENSE", "README.md", "CHANGELOG.md", "dist/index.js", "dist/index.d.ts", "dist/core.js"];
  expect(wrongContents(needed, 10)).toEqual([]);
  expect(wrongContents([...needed.slice(1), "dist/a.test.js"], 2_000_000)).toEqual([
    "package.json is missing from the package",
    "dist/a.test.js does not belong into the package",
    "2000000 bytes unpacked, at most 1700000",
  ]);
});

test("an optional package has a range, and a mark that it is optional", () => {
  const optional = { optional: true };
  expect(wrongPeers({ peerDependencies: { a: "^1" }, peerDependenciesMeta: { a: optional } })).toEqual([]);
  expect(wrongPeers({ peerDependencies: { a: "^1", b: "^2" }, peerDependenciesMeta: { a: optional, c: optional } })).toEqual([
    "c has no range in peerDependencies",
    "b is not marked as optional in peerDependenciesMeta",
  ]);
});
