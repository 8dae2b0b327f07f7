// @ts-check
/** What each agent does: for its model in words, and to check the answers. */
export const STEPS = [
  { name: "adder", task: "Add 1 to each of the numbers.", work: (/** @type {number} */ number) => number + 1 },
  { name: "multiplier", task: "Multiply each of the numbers by 2.", work: (/** @type {number} */ number) => number * 2 },
  { name: "subtracter", task: "Subtract 1 from each of the numbers.", work: (/** @type {number} */ number) => number - 1 },
  { name: "divider", task: "Divide each of the numbers by 2.", work: (/** @type {number} */ number) => number / 2 },
];

/** @param {string} text */
export const numbersIn = (text) => (text.match(/-?\d+(?:\.\d+)?/g) ?? []).map(Number);
