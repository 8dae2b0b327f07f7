/**
 * From modules to as few files as possible: one for each entry of the package, and shared parts. Opening a file costs
 * about 0.3 ms of processor time, so a hundred small modules would be most of what importing the library costs.
 */
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { pathToFileURL } from "node:url";
import { filesBelow, root, shown } from "./paths.mjs";

/** Where shared parts go, and with them what they start: `new URL("./x-worker.js", import.meta.url)` finds it there. */
const PARTS = "parts";
/** Files that are started by themselves: workers and programs. */
const STARTED = /(^|\/)(worker|main|cli)\.ts$|-worker\.ts$/;

/**
 * Writes the JavaScript of a package into its `dist`.
 *
 * @param {string} folder the package
 * @returns {Promise<readonly string[]>} the files, relative to `dist`
 */
export async function bundle(folder) {
  const { build } = await import(pathToFileURL(join(root, "node_modules", "esbuild", "lib", "main.js")).href);
  const { metafile } = await build({
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
    packages: "external",
    external: ["#platform"],
    metafile: true,
    logLevel: "silent",
  });
  const outputs = withoutEmpty(join(folder, "dist"), metafile);
  checkStarts(folder, outputs);
  return outputs;
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
    const lines = readFileSync(file, "utf8").split("\n");
    writeFileSync(
      file,
      lines.filter((line) => !(line.startsWith('import "') && gone.some((name) => line.includes(name)))).join("\n"),
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
