// Many numbers at once: a pasted matrix, or the same rule for every cell of a grid.

/** @import { Limited } from "./facts.js"
 *  @import { Index } from "./geometry.js"
 *  @import { Matrix } from "./matrix.js"
 *  @import { Changes, State } from "./state.js" */

import { LIMITS } from "./facts.js";
import { indices, place } from "./geometry.js";
import { changed, inputShapeOf, keysOf, weightShapeOf, withNumbers } from "./state.js";

/** @typedef {"input" | "weight"} Filled  what has a grid to fill
 *  @typedef {{problem: "most", key: Limited, need: number, most: number}} TooMany
 *  @typedef {{problem: "deep" | "batch"} | TooMany} Unpasted */

/** How a grid can be filled: the number of its cell i.
 *  @typedef {"zeros" | "ones" | "up"} FillRule
 *  @type {Record<FillRule, (i: number) => number>} */
export const RULES = { zeros: () => 0, ones: () => 1, up: (i) => i };

/** The state with the shown cells of `input` or `weight` filled; `slice` leads to these cells.
 *  @type {(state: State, name: Filled, slice: Index, rule: FillRule) => State} */
export function filled(state, name, slice, rule) {
  const cells = indices(sizesOf(state, name));
  const shape = shapeOf(state, name);
  /** @type {(cell: Index) => number} */
  const at = (cell) => place(shape, [...slice, ...cell]);
  return withNumbers(
    state,
    name,
    cells.map((cell, i) => [at(cell), RULES[rule](i)]),
  );
}

/** The state with a matrix pasted from a cell of the shown slice on, growing where it reaches over;
 *  a whole array, channels and all, takes the place of the old one. Or why that cannot be.
 *  @type {(state: State, name: Filled, slice: Index, cell: Index, matrix: Matrix) =>
 *    {state: State} | Unpasted} */
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
  /** @type {(index: Index) => number} */
  const at = (index) => place(shapeOf(next, name), [...slice, ...index.map((i, a) => cell[a] + i)]);
  /** @type {[place: number, value: number][]} */
  const pairs = indices(block).map((index, i) => [at(index), values[i]]);
  return { state: withNumbers(next, name, pairs) };
}

/** @type {(state: State, name: Filled, shape: number[], values: number[]) =>
 *    {state: State} | Unpasted} */
function whole(state, name, shape, values) {
  const rank = state.size.length;
  const depth = name === "input" ? rank + 1 : rank + 2;
  if (shape.length > depth + (name === "input" ? 1 : 0)) return { problem: "deep" };
  if (shape.length > depth && shape[0] !== 1) return { problem: "batch" };
  const axes = [...Array(Math.max(0, depth - shape.length)).fill(1), ...shape].slice(-depth);
  const sizes = axes.slice(-rank);
  const groups = Math.max(1, state.groups);
  /** @type {Pick<Changes, "channels" | "outputs" | "size" | "kernel">} */
  let changes = { channels: axes[0], size: sizes };
  if (name === "weight") {
    const [first, second] = axes;
    changes =
      state.kind === "transposed"
        ? { channels: first, outputs: second * groups, kernel: sizes }
        : { outputs: first, channels: second * groups, kernel: sizes };
  }
  for (const key of keysOf(changes)) {
    const beyond = tooMany(key, [changes[key] ?? []].flat());
    if (beyond) return beyond;
  }
  const next = changed(state, changes);
  /** @type {[place: number, value: number][]} */
  const pairs = values.map((value, i) => [i, value]);
  return { state: withNumbers(next, name, pairs) };
}

/** @type {(key: Limited, counts: number[]) => TooMany | null} */
function tooMany(key, counts) {
  const most = LIMITS[key][1];
  const need = Math.max(...counts);
  return need > most ? { problem: "most", key, need, most } : null;
}

/** @type {(state: State, name: Filled) => number[]} */
const sizesOf = (state, name) => (name === "input" ? state.size : state.kernel);
/** @type {(state: State, name: Filled) => number[]} */
const shapeOf = (state, name) => (name === "input" ? inputShapeOf(state) : weightShapeOf(state));
