/**
 * From modules to as few files as possible: one for each entry of the package, and shared parts. Opening a file costs
 * about 0.5 ms of processor time, so a hundred small modules would be most of what importing the library costs.
 *
 * The core is one part, whoever needs how much of it (docs/decisions/0013-one-file-and-what-it-loads-later.md).
 */
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { pathToFileURL } from "node:url";
import { FOLDERS, ROOT_FILES } from "./import-order.mjs";
import { filesBelow, root, shown } from "./paths.mjs";

/** Where shared parts go, and with them what they start: `new URL("./x-worker.js", import.meta.url)` finds it there. */
const PARTS = "parts";
/** Files that are started by themselves: workers and programs. */
const STARTED = /(^|\/)(worker|main|cli)\.ts$|-worker\.ts$/;
/** Imports the whole core, for its place among the parts alone. */
const WHOLE_CORE = "whole-core";
/** What of a package is its core, as far as it is there. */
const CORE = [
  ...Object.keys(ROOT_FILES).filter((name) => ROOT_FILES[name].pure),
  ...Object.keys(FOLDERS)
    .filter((name) => FOLDERS[name].pure)
    .map((name) => `${name}/index.ts`),
].map((name) => `src/${name}`);

/**
 * Writes the JavaScript of a package into its `dist`.
 *
 * @param {string} folder the package
 * @returns {Promise<readonly string[]>} the files, relative to `dist`
 */
export async function bundle(folder) {
  const { build } = await import(pathToFileURL(join(root, "node_modules", "esbuild", "lib", "main.js")).href);
  const options = {
    absWorkingDir: folder,
    entryPoints: entriesOf(folder),
    outbase: "src",
    outdir: "dist",
    bundle: true,
    splitting: true,
    chunkNames: `${PARTS}/[name]-[hash]`,
    format: "esm",
    platform: "neutral",
    target: "es2022",
    // Engines check literals of regular expressions before anything runs: those with classes of Unicode at up to 0.2 ms
    // each. Made by `new RegExp("…", "u")` they cost nothing before they are used, and files stay ASCII, which engines
    // keep at one byte a character.
    supported: { "regexp-sticky-and-unicode-flags": false },
    packages: "external",
    external: ["#platform"],
    // A quarter less to install. Names stay, and with them traces; a line is what Node prints above an error that nobody catches.
    minifyWhitespace: true,
    minifySyntax: true,
    lineLimit: 160,
    metafile: true,
    logLevel: "silent",
  };
  const { metafile: modules } = await build({ ...options, write: false });
  const { metafile } = await build({ ...options, plugins: [coreInOnePart(folder, modules.inputs)] });
  const outputs = withoutEmpty(join(folder, "dist"), metafile);
  checkStarts(folder, outputs);
  return outputs;
}

/**
 * The bundler puts modules into one part that the same entries need, and counts as an entry whatever `import()` asks for.
 * So everything that begins with some of the core begins with all of it, and the bundler sees one part.
 *
 * @param {string} folder
 * @param {Readonly<Record<string, { readonly imports: readonly { readonly path: string, readonly kind: string, readonly external?: boolean }[] }>>} inputs
 *   every module and what it imports, relative to the package
 */
function coreInOnePart(folder, inputs) {
  const core = CORE.filter((path) => path in inputs);
  const own = (path) => (inputs[path]?.imports ?? []).filter(({ external }) => external !== true);
  const eager = reached(core, (path) => own(path).filter(({ kind }) => kind === "import-statement"));
  const begins = new Set(entriesOf(folder).map((entry) => entry.in));
  for (const path of Object.keys(inputs)) {
    for (const { kind, path: target } of own(path)) if (kind === "dynamic-import") begins.add(target);
  }
  const beginsWithCore = [...begins].filter((path) => {
    const needed = reached([path], (one) => own(one).filter(({ kind }) => kind === "import-statement"));
    return [...needed].some((one) => eager.has(one));
  });
  const changed = new Set(beginsWithCore.map((path) => join(folder, path)));
  return {
    name: "core-in-one-part",
    setup({ onResolve, onLoad }) {
      onResolve({ filter: new RegExp(`^${WHOLE_CORE}$`) }, () => ({ path: WHOLE_CORE, namespace: WHOLE_CORE }));
      onLoad({ filter: /.*/, namespace: WHOLE_CORE }, () => ({
        contents: core.map((path) => `import "./${path}";`).join("\n"),
        resolveDir: folder,
      }));
      // Behind the text, so that lines stay where the source has them.
      onLoad({ filter: /\.ts$/ }, ({ path }) =>
        changed.has(path) ? { contents: `${readFileSync(path, "utf8")}\nimport "${WHOLE_CORE}";\n`, loader: "ts" } : undefined,
      );
    },
  };
}

/** @param {(path: string) => readonly { readonly path: string }[]} next */
function reached(from, next) {
  const found = new Set(from);
  for (const path of found) for (const { path: target } of next(path)) found.add(target);
  return found;
}

/**
 * Takes away parts with nothing in them, which remain of modules that hold types only: opening one costs as much as any other.
 *
 * @returns {readonly string[]} the other files, relative to `dist`
 */
function withoutEmpty(dist, { outputs }) {
  const isEmpty = ({ bytes, imports, exports, entryPoint }) =>
    bytes === 0 && imports.length === 0 && exports.length === 0 && entryPoint === undefined;
  const relative = (path) => path.replace(/^dist\//, "");
  const empty = Object.keys(outputs).filter((path) => isEmpty(outputs[path]));
  for (const [path, { imports }] of Object.entries(outputs)) {
    const gone = imports.filter((one) => empty.includes(one.path)).map((one) => basename(one.path));
    if (gone.length === 0) continue;
    const file = join(dist, relative(path));
    writeFileSync(
      file,
      readFileSync(file, "utf8").replaceAll(/(?<=^|[;}\n])\s*import\s*"([^"]+)"\s*;/gu, (statement, target) =>
        gone.includes(basename(target)) ? "" : statement,
      ),
    );
  }
  for (const path of empty) rmSync(join(dist, relative(path)));
  return Object.keys(outputs)
    .filter((path) => !empty.includes(path))
    .map(relative);
}

/** A start from outside of the shared parts would look for its file in the wrong place. */
function checkStarts(folder, outputs) {
  for (const output of outputs) {
    if (!output.endsWith(".js") || output.startsWith(`${PARTS}/`)) continue;
    const start = /new URL\([^)]*"\.\/[\w-]+\.js"[^)]*import\.meta\.url\)/.exec(
      readFileSync(join(folder, "dist", output), "utf8"),
    );
    if (start !== null)
      throw new Error(`${output} starts a file beside itself, which works only from a part that entries share: ${start[0]}`);
  }
}

/** What package.json points at below `dist`, and what is started by itself. */
function entriesOf(folder) {
  const { exports = {}, imports = {} } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const targets = new Set([...JSON.stringify([exports, imports]).matchAll(/"\.\/dist\/([^"]+)\.js"/g)].map(([, name]) => name));
  const started = filesBelow(join(folder, "src"))
    .map((path) => shown(path, folder))
    .filter((name) => STARTED.test(name));
  return [
    ...[...targets].map((name) => ({ in: `src/${name}.ts`, out: name })),
    ...started.map((name) => ({ in: name, out: `${PARTS}/${basename(name, ".ts")}` })),
  ];
}
