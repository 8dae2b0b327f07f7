/** The first difference between what a case expects and what happened. */

export class Differs extends Error {
  /** @param {string} path @param {unknown} want @param {unknown} got */
  constructor(path, want, got) {
    super(`${path === "" ? "." : path} differs`);
    this.path = path;
    this.want = want;
    this.got = got;
  }
}

/** @param {string} path @param {unknown} want @param {unknown} got @returns {never} */
export function differ(path, want, got) {
  throw new Differs(path, want, got);
}
