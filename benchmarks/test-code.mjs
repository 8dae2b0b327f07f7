/** Code that tests and benchmarks share, which is written in TypeScript beside the tests. */
import { basename, dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/**
 * @param {string} name below `packages/autogen-ts/test`, without its ending
 * @returns {Promise<any>} its exports, over the built package
 */
export async function testCode(name) {
  const { build } = await import(pathToFileURL(join(root, "node_modules", "esbuild", "lib", "main.js")).href);
  const outfile = join(root, ".cache", `${dirname(name).replaceAll("/", "-")}-${basename(name)}.mjs`);
  await build({
    entryPoints: [join(root, "packages", "autogen-ts", "test", `${name}.ts`)],
    outfile,
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node20",
    packages: "external",
    logLevel: "warning",
  });
  return await import(pathToFileURL(outfile).href);
}
