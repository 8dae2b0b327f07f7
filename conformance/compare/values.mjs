/** Values, rules 1, 4 and 5. */
import { differ } from "./differs.mjs";
import { compareTexts } from "./texts.mjs";

const TOLERANCE = 1e-9;
const ABSENT = "<absent>";

/**
 * @param {string} path
 * @param {any} want
 * @param {any} got
 * @param {{ loose?: boolean }} [options] `loose`: a key with null counts as an absent one, `content` excepted
 */
export function compareValues(path, want, got, options = {}) {
  if (typeof want === "boolean" || want === null || typeof got === "boolean" || got === null) {
    if (want !== got) differ(path, want, got);
  } else if (typeof want === "number") {
    if (typeof got !== "number" || !near(want, got)) differ(path, want, got);
  } else if (typeof want === "string") {
    if (typeof got !== "string") differ(path, want, got);
    compareTexts(path, want, got);
  } else if (Array.isArray(want)) {
    if (!Array.isArray(got) || want.length !== got.length) differ(`${path}.length`, want, got);
    for (const [index, item] of want.entries()) compareValues(`${path}[${index}]`, item, got[index], options);
  } else {
    compareObjects(path, want, got, options);
  }
}

const near = (a, b) => Math.abs(a - b) <= TOLERANCE * Math.max(TOLERANCE, Math.abs(a), Math.abs(b));

function compareObjects(path, wanted, gotten, options) {
  if (typeof gotten !== "object" || Array.isArray(gotten)) differ(path, wanted, gotten);
  const [want, got] = options.loose === true ? [withoutNulls(wanted), withoutNulls(gotten)] : [wanted, gotten];
  for (const key of [...new Set([...Object.keys(want), ...Object.keys(got)])].toSorted()) {
    const place = `${path}.${key}`;
    if (!(key in want) || !(key in got)) differ(place, want[key] ?? ABSENT, got[key] ?? ABSENT);
    const isToolText = key === "content" && (want.role === "tool" || want.role === "function");
    if (isToolText && typeof want[key] === "string" && typeof got[key] === "string") compareToolTexts(place, want[key], got[key]);
    else compareValues(place, want[key], got[key], options);
  }
}

const withoutNulls = (object) =>
  Object.fromEntries(Object.entries(object).filter(([key, value]) => value !== null || key === "content"));

/** What tools gave back, piece by piece: as JSON where both are JSON. @param {string} path @param {string} want @param {string} got */
function compareToolTexts(path, want, got) {
  const [wants, gots] = [want.split("\n\n"), got.split("\n\n")];
  if (wants.length !== gots.length) {
    compareTexts(path, want, got);
    return;
  }
  for (const [index, piece] of wants.entries()) {
    const parsed = [parse(piece), parse(gots[index])];
    if (parsed.includes(NOT_JSON)) compareTexts(path, piece, gots[index]);
    else compareValues(path, parsed[0], parsed[1]);
  }
}

const NOT_JSON = Symbol("not JSON");

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return NOT_JSON;
  }
}
