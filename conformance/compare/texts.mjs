/** Texts with free places, rules 2 and 3. */
import { differ } from "./differs.mjs";

const FREE = /<(text|any|default):[^<>]*>/g;

/** `<text:…>` is anything on this line, the others are anything. @param {string} path @param {string} want @param {string} got */
export function compareTexts(path, want, got) {
  if (!textsAgree(want, got)) differ(path, want, got);
}

/** @param {string} want @param {string} got */
export const textsAgree = (want, got) => want === got || (want.search(FREE) !== -1 && patternOf(want).test(got));

function patternOf(want) {
  let pattern = "";
  let end = 0;
  for (const found of want.matchAll(FREE)) {
    pattern += literally(want.slice(end, found.index)) + (found[1] === "text" ? "[^\\n]*?" : "[\\s\\S]*?");
    end = found.index + found[0].length;
  }
  return new RegExp(`^${pattern}${literally(want.slice(end))}$`, "u");
}

const literally = (text) => text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
