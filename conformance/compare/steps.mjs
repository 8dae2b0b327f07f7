/** Results and errors of steps, rule 6. */
import { differ } from "./differs.mjs";
import { compareTexts } from "./texts.mjs";
import { compareValues } from "./values.mjs";

/** Errors of the service: their status must be right. */
const SERVICE = new Set(["BadRequestError", "RateLimitError", "InternalServerError", "AuthenticationError", "NotFoundError"]);

/** @param {readonly any[]} want @param {readonly any[]} got */
export function compareSteps(want, got) {
  if (want.length !== got.length) differ("steps.length", want, got);
  for (const [index, step] of want.entries()) compareStep(`steps[${index}]`, step, got[index]);
}

function compareStep(path, want, got) {
  if ("error" in want) compareErrors(`${path}.error`, want.error, got.error);
  else if ("error" in got) differ(path, want, got);
  else if (isTable(want.result)) compareTable(path, want.result, got.result ?? []);
  else if ("result" in want) compareValues(`${path}.result`, want.result, got.result ?? null);
  else if (got.result != null && Object.keys(got.result).length > 0) differ(path, want, got);
}

function compareErrors(path, want, got) {
  if (got?.type === undefined) differ(path, want, got);
  if (SERVICE.has(want.type) && want.status !== got.status) differ(path, want, got);
  if (want.type === "TimeoutError" && !got.type.toLowerCase().includes("timeout")) differ(path, want, got);
  if ("message" in want) compareTexts(`${path}.message`, want.message, got.message ?? "");
}

const isRow = (row) =>
  typeof row === "object" && row !== null && Object.keys(row).length === 1 && ("value" in row || "error" in row);
const isTable = (result) => Array.isArray(result) && result.length > 0 && result.every(isRow);

/** Of an error only that there is one. */
function compareTable(path, want, got) {
  if (want.length !== got.length) differ(path, want, got);
  for (const [index, row] of want.entries()) {
    const place = `${path}.row[${index}]`;
    if (!("error" in row)) compareValues(place, row, got[index]);
    else if (!("error" in got[index])) differ(place, row, got[index]);
  }
}
