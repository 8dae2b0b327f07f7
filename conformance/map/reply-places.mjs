/**
 * Places in the list of reply functions. The reference counts asynchronous twins of its functions, and has the code
 * step only where code execution is on (D10-12); cases give its numbers.
 */

/** @typedef {{ theirs: boolean, ours: boolean }} Entry in whose list it stands */

const BOTH = { theirs: true, ours: true };
const TWIN = { theirs: true, ours: false };

/** @type {WeakMap<object, Entry[]>} */
const lists = new WeakMap();

/** Twin before function: termination, function call, tools; then code; then the model. */
function initial(agent) {
  const code = { theirs: agent.codeExecution !== null, ours: true };
  return [TWIN, BOTH, TWIN, BOTH, TWIN, BOTH, code, TWIN, BOTH];
}

function listOf(agent) {
  const list = lists.get(agent) ?? initial(agent);
  lists.set(agent, list);
  return list;
}

/** Where in our list the reference's position is. @param {any} agent @param {number} position */
export function placeOf(agent, position) {
  return listOf(agent)
    .slice(0, indexOf(listOf(agent), position))
    .filter(({ ours }) => ours).length;
}

/** Notes a function registered there. @param {any} agent @param {number} position @param {boolean} [alone] all others are gone */
export function registered(agent, position, alone = false) {
  if (alone) lists.set(agent, [BOTH]);
  else listOf(agent).splice(indexOf(listOf(agent), position), 0, BOTH);
}

/** The index in the joint list. @param {readonly Entry[]} list @param {number} position */
function indexOf(list, position) {
  let left = position;
  for (const [index, { theirs }] of list.entries()) {
    if (left <= 0) return index;
    if (theirs) left -= 1;
  }
  return list.length;
}
