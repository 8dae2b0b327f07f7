/** `#platform` is chosen by the conditions in package.json. Declared here so that no type of the core depends on a platform. */
declare module "#platform" {
  export const host: import("./run/index.js").Host;
}
