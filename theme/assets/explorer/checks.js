// The refusals that an explorer can meet, in convref's order. The messages are convref's own:
// website/before/facts.py writes them from convref.messages, with the rules that are named here.

/** @import { Rule, Spared } from "./facts.js"
 *  @import { Axis, Layer, Pair } from "./geometry.js"
 *  @import { State } from "./state.js" */

import { LETTERS, MESSAGES, SPARE } from "./facts.js";
import { paddedSize, reach, samePadding, transposedSize } from "./geometry.js";
import { tuple } from "./numbers.js";

/** What convref says to an illegal state.
 *  @typedef {{rule: Rule, type: string, message: string}} Refused
 *  @typedef {Record<string, string | number>} Values  what stands in a message */

class Refusal extends Error {
  /** @param {Rule} rule @param {Values} values */
  constructor(rule, values) {
    super(MESSAGES[rule][1].replace(/\{(\w+)\}/g, (_, name) => String(values[name])));
    this.rule = rule;
    this.type = MESSAGES[rule][0];
  }
}

/** @type {(rule: Rule, values: Values) => never} */
function refuse(rule, values) {
  throw new Refusal(rule, values);
}

/** What convref says to a state, or null if the state is legal.
 *  @type {(state: State) => Refused | null} */
export function refusal(state) {
  try {
    channels(state);
    if (state.kind === "transposed") transposed(state);
    else convolution(state);
    return null;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { rule: error.rule, type: error.type, message: error.message };
  }
}

/** @type {(name: string, values: number[], bound: number) => void} */
function least(name, values, bound) {
  for (const received of values) {
    if (received < bound) refuse("least", { name, least: bound, received });
  }
}

/** Weights of a group exist only where channels split evenly: a layer refuses before them.
 *  @type {(state: State) => void} */
function channels({ channels, outputs, groups }) {
  if (groups < 1) return; // refused in its turn
  for (const [name, received] of Object.entries({
    in_channels: channels,
    out_channels: outputs,
  })) {
    const rest = received % groups;
    if (rest) refuse("groups", { name, received, groups, rest });
  }
}

/** @type {(state: State) => void} */
function convolution(state) {
  least("stride", state.stride, 1);
  least("dilation", state.dilation, 1);
  least("groups", [state.groups], 1);
  if (state.padding === "same" && state.stride.some((each) => each !== 1)) {
    refuse("same", { stride: tuple(state.stride) });
  }
  axesOf(state).forEach((axis, i) => {
    const where = LETTERS[state.size.length][i];
    if (reach(axis) > paddedSize(axis)) {
      refuse("reach", { where, ...axis, reach: reach(axis), padded: paddedSize(axis) });
    }
    modeFits(where, axis.size, [axis.before, axis.after], state);
  });
}

/** @param {string} mode
 *  @returns {mode is Spared} */
function hasLimit(mode) {
  return mode in SPARE;
}

/** @type {(where: string, size: number, pair: Pair, state: State) => void} */
function modeFits(where, size, pair, { mode }) {
  if (!hasLimit(mode)) return;
  const most = size - SPARE[mode];
  const received = Math.max(...pair);
  if (received > most) refuse(mode, { where, received, size, most });
}

/** @type {(state: State) => void} */
function transposed(state) {
  least("stride", state.stride, 1);
  least("groups", [state.groups], 1);
  least("dilation", state.dilation, 1);
  axesOf(state).forEach((axis, i) => {
    const where = LETTERS[state.size.length][i];
    const extra = state.extra[i];
    const bound = Math.max(axis.stride, axis.dilation);
    const out = transposedSize(axis, extra);
    if (extra >= bound) {
      refuse("output padding", { where, ...axis, received: extra, most: bound - 1 });
    }
    if (out < 1) {
      const values = { padding: axis.before, taps: axis.kernel - 1, cells: axis.size - 1 };
      refuse("transposed size", { where, ...axis, ...values, extra, out });
    }
  });
}

// From a state to its axes -------------------------------------------------------------------------

/** Padding as [before, after] for every axis.
 *  @type {(state: State) => Pair[]} */
export function padsOf(state) {
  if (state.padding === "valid") return state.size.map(() => [0, 0]);
  if (state.padding === "same") {
    return state.kernel.map((kernel, i) => samePadding(kernel, state.dilation[i]));
  }
  return state.padding;
}

/** @type {(state: State) => Axis[]} */
export const axesOf = (state) =>
  padsOf(state).map(([before, after], i) => ({
    size: state.size[i],
    kernel: state.kernel[i],
    stride: state.stride[i],
    dilation: state.dilation[i],
    before,
    after,
  }));

/** A legal state as the layer that geometry.js computes.
 *  @type {(state: State) => Layer} */
export const layerOf = (state) => ({
  ...state,
  axes: axesOf(state),
  transposed: state.kind === "transposed",
});
