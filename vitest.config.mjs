import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const sources = fileURLToPath(new URL("packages/autogen-ts/src/", import.meta.url)).replaceAll("\\", "/");

/**
 * Sources ask for their platform as `#platform`, which package.json points at the built file. Tests of sources must get
 * the source instead, or there would be two copies of every module. Tests of the built package keep the built one.
 */
const platformOfSources = {
  name: "platform-of-sources",
  enforce: "pre",
  resolveId(id, importer) {
    if (id !== "#platform" || importer === undefined || !importer.startsWith(sources)) return null;
    return `${sources}platform/node/host.ts`;
  },
};

export default defineConfig({
  plugins: [platformOfSources],
  test: {
    include: [
      "packages/*/src/**/*.test.ts",
      "packages/*/test/**/*.test.ts",
      "examples/**/*.test.{ts,mjs}",
      "benchmarks/**/*.test.{ts,mjs}",
      "scripts/**/*.test.{ts,mjs}",
      "conformance/**/*.test.mjs",
    ],
    exclude: ["**/node_modules/**", "**/dist/**", "**/fixtures/**"],
    // Threads start faster than processes. What needs a process of its own (signals, the current folder) starts one.
    pool: "threads",
    testTimeout: 30_000,
    hookTimeout: 30_000,
    // A test that forgets to restore something is found sooner when the next file does not depend on it.
    restoreMocks: true,
    unstubEnvs: true,
  },
});
