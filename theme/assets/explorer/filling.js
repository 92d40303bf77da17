// Many numbers at once: a pasted matrix, or the same rule for every cell of a grid.

import { LIMITS } from "./facts.js";
import { indices, place, range } from "./geometry.js";
import { changed, inputShapeOf, weightShapeOf, withNumbers } from "./state.js";

/** How a grid can be filled: the number of its cell i. */
export const RULES = { zeros: () => 0, ones: () => 1, up: (i) => i };

/** The state with the shown cells of `input` or `weight` filled; `slice` leads to these cells. */
export function filled(state, name, slice, rule) {
  const cells = indices(sizesOf(state, name));
  const shape = shapeOf(state, name);
  const at = (cell) => place(shape, [...slice, ...cell]);
  return withNumbers(
    state,
    name,
    cells.map((cell, i) => [at(cell), RULES[rule](i)]),
  );
}

/** {state} with a matrix pasted from a cell of the shown slice on, growing where it reaches over;
 *  a whole array, channels and all, takes the place of the old one. Or {problem, ...} and no state. */
export function pasted(state, name, slice, cell, { shape, values }) {
  const rank = state.size.length;
  const lead = shape.findIndex((each) => each !== 1); // axes of length 1 say nothing
  const bare = lead < 0 ? [1] : shape.slice(lead);
  const row = rank === 1 && shape.length === 2 && shape[1] === 1 ? [shape[0]] : bare; // a column
  if (row.length > rank) return whole(state, name, shape, values);
  const block = [...Array(rank - row.length).fill(1), ...row];
  const sizes = sizesOf(state, name).map((size, axis) => Math.max(size, cell[axis] + block[axis]));
  const key = name === "input" ? "size" : "kernel";
  const beyond = tooMany(key, sizes);
  if (beyond) return beyond;
  const next = changed(state, { [key]: sizes });
  const at = (index) => place(shapeOf(next, name), [...slice, ...index.map((i, a) => cell[a] + i)]);
  const pairs = indices(block).map((index, i) => [at(index), values[i]]);
  return { state: withNumbers(next, name, pairs) };
}

function whole(state, name, shape, values) {
  const rank = state.size.length;
  const depth = name === "input" ? rank + 1 : rank + 2;
  if (shape.length > depth + (name === "input" ? 1 : 0)) return { problem: "deep" };
  if (shape.length > depth && shape[0] !== 1) return { problem: "batch" };
  const axes = [...Array(Math.max(0, depth - shape.length)).fill(1), ...shape].slice(-depth);
  const sizes = axes.slice(-rank);
  const groups = Math.max(1, state.groups);
  let changes = { channels: axes[0], size: sizes };
  if (name === "weight") {
    const [first, second] = axes;
    changes =
      state.kind === "transposed"
        ? { channels: first, outputs: second * groups, kernel: sizes }
        : { outputs: first, channels: second * groups, kernel: sizes };
  }
  for (const [key, value] of Object.entries(changes)) {
    const beyond = tooMany(key, [value].flat());
    if (beyond) return beyond;
  }
  const next = changed(state, changes);
  return {
    state: withNumbers(
      next,
      name,
      range(values.length).map((i) => [i, values[i]]),
    ),
  };
}

function tooMany(key, counts) {
  const most = LIMITS[key][1];
  const need = Math.max(...counts);
  return need > most ? { problem: "most", key, need, most } : null;
}

const sizesOf = (state, name) => (name === "input" ? state.size : state.kernel);
const shapeOf = (state, name) => (name === "input" ? inputShapeOf(state) : weightShapeOf(state));
