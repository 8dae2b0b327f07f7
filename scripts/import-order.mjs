/** The import rules as data. `import-rules.mjs` applies them; CONTRIBUTING.md explains them. */

/**
 * Who may import whom, folder by folder below `packages/autogen-ts/src`: always through the other folder's `index.ts`,
 * types included. A folder that is not listed here does not exist.
 *
 * `pure` folders hold no clock, randomness, timer, network, file, environment or console of their own.
 *
 * @type {Readonly<Record<string, { readonly imports: readonly string[], readonly pure: boolean }>>}
 */
export const FOLDERS = {
  message: { imports: [], pure: true },
  run: { imports: ["message"], pure: true },
  model: { imports: ["message", "run"], pure: true },
  tool: { imports: ["message", "run"], pure: true },
  code: { imports: ["message", "run"], pure: true },
  io: { imports: ["message", "run"], pure: true },
  chat: { imports: ["message", "run", "model", "tool", "code", "io"], pure: true },
  agent: { imports: ["message", "run", "model", "tool", "code", "io", "chat"], pure: true },
  group: { imports: ["message", "run", "model", "tool", "code", "io", "chat", "agent"], pure: true },
  // The frame of command-line programs reports on chats; nothing else of the platform knows them.
  platform: { imports: ["message", "run", "model", "tool", "code", "io", "chat"], pure: false },
  providers: { imports: ["message", "run", "model", "tool", "code", "io"], pure: false },
  // A feature sees the library as its users do, and what the platform offers; another feature only through its index.
  features: { imports: ["core.ts", "index.ts", "platform", "features"], pure: false },
};

/** Files directly in `src`. */
export const ROOT_FILES = {
  "core.ts": { imports: ["message", "run", "model", "tool", "code", "io", "chat", "agent", "group"], pure: true },
  "index.ts": { imports: ["core.ts", ...Object.keys(FOLDERS).filter((name) => name !== "features")], pure: false },
  "platform.d.ts": { imports: ["run"], pure: true },
};

/** Folders whose parts are folders with an index of their own: `features/rag`, `platform/node`. */
export const DIVIDED = ["features", "platform", "providers"];

/** The one place that asks for the platform. */
export const PLATFORM_ASKED_IN = "run/host.ts";

/** Programs in files of their own, started by path and never imported: only these may do things at the top level. */
export const PROGRAM = /^(platform|features)\/(.*[/-])?(cli|main|worker)\.ts$/;

/** The one pure file that shares something with the whole program. Decision record 0015. */
export const PROGRAM_WIDE_IN = "run/observers.ts";

/** Globals that reach outside. `Date.now()` and `new Date()` without a value are found apart. */
export const AMBIENT = new Set([
  "setTimeout",
  "setInterval",
  "setImmediate",
  "fetch",
  "process",
  "performance",
  "console",
  "globalThis",
  "window",
  "self",
  "global",
  "navigator",
  "require",
  "crypto",
]);

/** Members of globals that reach outside. */
export const AMBIENT_MEMBERS = new Set(["Date.now", "Math.random", "AbortSignal.timeout"]);

/** Longer files hold a second idea. */
export const MOST_LINES = 400;

/** The entries of the library are lists of names, as long as there are names. */
export const ENTRY = /(^|\/)src\/(core|index)\.ts$/;
