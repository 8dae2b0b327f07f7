/** `npm run check -- package`: what would be published is complete, small and understood by other tools. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { npm } from "./install.mjs";
import { library, root, run, runNode } from "./paths.mjs";

const MOST_BYTES = 1_700_000; // unpacked
const ALWAYS = ["package.json", "LICENSE", "README.md", "CHANGELOG.md", "dist/index.js", "dist/index.d.ts", "dist/core.js"];
const NEVER = /\.(test|types)\.|\.tsbuildinfo|\.built|\/fixtures\/|\.map$/;

/** @returns {Promise<string[]>} a line per problem */
export async function checkPackage() {
  const folder = mkdtempSync(join(tmpdir(), "autogen-pack-"));
  try {
    const { command, first, shell } = npm();
    const packed = await run(command, [...first, "pack", "--json", "--loglevel=error", "--pack-destination", folder], {
      cwd: library,
      shell,
    });
    if (packed.code !== 0) return [packed.output];
    const [{ files, unpackedSize }] = JSON.parse(packed.output.slice(packed.output.indexOf("[")));
    const [tarball] = readdirSync(folder);
    const tool = (...path) => join(root, "node_modules", ...path);
    const results = await Promise.all([
      runNode(tool("publint", "src", "cli.js"), ["--strict", library]),
      runNode(tool("@arethetypeswrong", "cli", "dist", "index.js"), [
        join(folder, tarball),
        "--profile",
        "esm-only",
        "--no-emoji",
      ]),
    ]);
    return [
      ...wrongPeers(JSON.parse(readFileSync(join(library, "package.json"), "utf8"))),
      ...wrongContents(
        files.map(({ path }) => path),
        unpackedSize,
      ),
      ...results.filter(({ code }) => code !== 0).map(({ output }) => output.trim()),
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * @param {readonly string[]} paths
 * @param {number} bytes
 */
export function wrongContents(paths, bytes) {
  const problems = ALWAYS.filter((path) => !paths.includes(path)).map((path) => `${path} is missing from the package`);
  problems.push(...paths.filter((path) => NEVER.test(path)).map((path) => `${path} does not belong into the package`));
  if (bytes > MOST_BYTES) problems.push(`${bytes} bytes unpacked, at most ${MOST_BYTES}`);
  return problems;
}

/**
 * Optional packages stand in both tables: npm ignores those that have no range, and installs those that are not marked.
 *
 * @param {{ peerDependencies?: Record<string, string>, peerDependenciesMeta?: Record<string, { optional?: boolean }> }} manifest
 */
export function wrongPeers({ peerDependencies: ranges = {}, peerDependenciesMeta: marks = {} }) {
  return [
    ...Object.keys(marks)
      .filter((name) => !(name in ranges))
      .map((name) => `${name} has no range in peerDependencies`),
    ...Object.keys(ranges)
      .filter((name) => marks[name]?.optional !== true)
      .map((name) => `${name} is not marked as optional in peerDependenciesMeta`),
  ];
}
