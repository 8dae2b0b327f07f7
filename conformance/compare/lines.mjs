/** Differences between texts of several lines, as people know them from version control. */
import { textsAgree } from "./texts.mjs";

const CONTEXT = 2;

/** The lines that differ, between common beginning and end. @param {string} want @param {string} got */
export function lineDifference(want, got) {
  const [a, b] = [want.split("\n"), got.split("\n")];
  let start = 0;
  while (start < a.length && start < b.length && textsAgree(a[start], b[start])) start += 1;
  let end = 0;
  while (end < a.length - start && end < b.length - start && textsAgree(a.at(-1 - end) ?? "", b.at(-1 - end) ?? "")) end += 1;
  const before = Math.max(0, start - CONTEXT);
  return [
    ...a.slice(before, start).map((line) => `    ${line}`),
    ...a.slice(start, a.length - end).map((line) => `  - ${line}`),
    ...b.slice(start, b.length - end).map((line) => `  + ${line}`),
    ...a.slice(a.length - end, a.length - end + CONTEXT).map((line) => `    ${line}`),
  ].join("\n");
}
