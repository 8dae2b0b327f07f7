import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { build } from "./build.mjs";
import { root } from "./paths.mjs";
import { tree, write } from "./temporary.mjs";

const files = {
  "package.json": JSON.stringify({ type: "module", exports: { ".": "./dist/a.js", "./deep": "./dist/deep/b.js" } }),
  "tsconfig.build.json": JSON.stringify({
    extends: join(root, "tsconfig.base.json"),
    compilerOptions: {
      rootDir: "src",
      outDir: "dist",
      emitDeclarationOnly: true,
      incremental: true,
      tsBuildInfoFile: "dist/.tsbuildinfo",
      types: [],
    },
    include: ["src"],
    exclude: ["src/**/*.test.ts"],
  }),
  "src/a.ts": "export const a: number = 1;\n",
  "src/deep/b.ts": "export const b: number = 2;\n",
  "src/a.test.ts": "test();\n",
};

test("each entry becomes a file with a declaration, tests none", async () => {
  const folder = tree(files);
  expect(await build({ folder })).toBe("built");
  expect(readFileSync(join(folder, "dist", "deep", "b.js"), "utf8")).toMatch(/b ?= ?2/);
  expect(existsSync(join(folder, "dist", "a.test.js"))).toBe(false);
});

test("without declarations nothing is checked, and a build with them follows", async () => {
  const folder = tree({ ...files, "src/a.ts": 'export const a: number = "one";\n' });
  expect(await build({ folder, declarations: false })).toBe("built");
  expect(await build({ folder, declarations: false })).toBe("up to date");
  expect(existsSync(join(folder, "dist", "a.d.ts"))).toBe(false);
  await expect(build({ folder })).rejects.toThrow("TS2322");
  write(folder, { "src/a.ts": "export const a: number = 1;\n" });
  expect(await build({ folder })).toBe("built");
  expect(existsSync(join(folder, "dist", "a.d.ts"))).toBe(true);
  expect(await build({ folder, declarations: false })).toBe("up to date");
});

test("the core is one part for all entries, and what it loads later is another", async () => {
  const folder = tree({
    ...files,
    "package.json": JSON.stringify({
      type: "module",
      exports: { "./core": "./dist/core.js", "./half": "./dist/half.js", "./none": "./dist/none.js" },
    }),
    "src/core.ts": 'export { all, one } from "./message/index.js";\n',
    "src/message/index.ts": 'export { one } from "./one.js";\nexport { all } from "./all.js";\n',
    "src/message/one.ts": 'export const one: object = { only: "copy" };\n',
    "src/message/all.ts": 'export const all = async (): Promise<object> => (await import("./later.js")).later;\n',
    "src/message/later.ts": 'import { one } from "./one.js";\nexport const later: object = { one, rest: "later" };\n',
    "src/half.ts": 'export { one } from "./message/index.js";\n',
    "src/none.ts": "export const none: number = 0;\n",
  });
  await build({ folder, declarations: false });

  const dist = (/** @type {string} */ name) => readFileSync(join(folder, "dist", name), "utf8");
  const parts = readdirSync(join(folder, "dist", "parts")).filter((name) => name.endsWith(".js"));
  expect(parts.filter((name) => dist(`parts/${name}`).includes('only:"copy"'))).toHaveLength(1);
  expect(parts.filter((name) => dist(`parts/${name}`).includes('rest:"later"'))).toHaveLength(1);
  expect(parts).toHaveLength(2);
  expect(dist("none.js")).not.toContain("import");
  const { all, one } = await import(join(folder, "dist", "core.js"));
  expect(await all()).toEqual({ one, rest: "later" });
  expect((await import(join(folder, "dist", "half.js"))).one).toBe(one);
});

test("expressions with the flag u are no work at import, and files are ASCII", async () => {
  const source = "export const found = (text: string): readonly string[] => text.match(/\\p{L}+|[「😀]/gu) ?? [];\n";
  const folder = tree({ ...files, "src/a.ts": source });
  await build({ folder, declarations: false });
  const text = readFileSync(join(folder, "dist", "a.js"), "utf8");
  expect(text).toMatch(/^[\0-\x7f]*$/);
  expect(text).toContain("new RegExp(");
  const { found } = await import(join(folder, "dist", "a.js"));
  expect(found("für 「😀7")).toEqual(["für", "「", "😀"]);
});

test("a second build has nothing to do", async () => {
  const folder = tree(files);
  await build({ folder });
  expect(await build({ folder })).toBe("up to date");
});

test("a changed source is built", async () => {
  const folder = tree(files);
  await build({ folder });
  write(folder, { "src/a.ts": "export const a: number = 1234;\n" });
  expect(await build({ folder })).toBe("built");
  expect(readFileSync(join(folder, "dist", "a.js"), "utf8")).toContain("1234");
});

test("other rules of building lead to a new build", async () => {
  const folder = tree(files);
  await build({ folder });
  const stamp = join(folder, "dist", ".built");
  const { state, ...rest } = JSON.parse(readFileSync(stamp, "utf8"));
  // As if a bundler of another size had written it.
  const earlier = state.replace(/^(scripts\/bundle\.mjs \S+) \d+$/m, "$1 1");
  write(folder, { "dist/.built": JSON.stringify({ ...rest, state: earlier }) });
  expect(await build({ folder })).toBe("built");
});

test("outputs of a deleted source go away", async () => {
  const folder = tree(files);
  await build({ folder });
  rmSync(join(folder, "src", "deep"), { recursive: true });
  write(folder, { "package.json": JSON.stringify({ type: "module", exports: "./dist/a.js" }) });
  expect(await build({ folder })).toBe("built");
  expect(existsSync(join(folder, "dist", "deep", "b.js"))).toBe(false);
  expect(existsSync(join(folder, "dist", "a.js"))).toBe(true);
});

test("a deleted output comes back", async () => {
  const folder = tree(files);
  await build({ folder });
  rmSync(join(folder, "dist", "a.js"));
  expect(await build({ folder })).toBe("built");
  expect(existsSync(join(folder, "dist", "a.js"))).toBe(true);
});

test("a failed build says why and is tried again", async () => {
  const folder = tree({ ...files, "src/a.ts": 'export const a: number = "one";\n' });
  await expect(build({ folder })).rejects.toThrow("TS2322");
  await expect(build({ folder })).rejects.toThrow("TS2322");
});
