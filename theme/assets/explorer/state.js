// What an explorer shows, as one plain object and as the text of a link.
//
//   kind=2d&size=5,5&kernel=3,3&stride=2,2&padding=1,1,1,1&input=1,2,0,...&weight=1,2,1,...
//
// Padding is `same`, `valid`, or before and after for each axis. What is left out has its default.

import { indices, place, range, volume } from "./geometry.js";
import { parse as number, written } from "./numbers.js";

export const KINDS = ["1d", "2d", "transposed"];
export const MODES = ["zeros", "reflect", "replicate", "circular"];
export const LIMITS = {
  size: [1, 16],
  kernel: [1, 7],
  stride: [0, 8],
  dilation: [0, 4],
  padding: [0, 8],
  extra: [0, 7],
  channels: [1, 8],
  outputs: [1, 8],
  groups: [0, 8],
};
const PER_AXIS = { size: 5, kernel: 3, stride: 1, dilation: 1, extra: 0 };
const SINGLE = { channels: 1, outputs: 1, groups: 1 };

export const rankOf = (kind) => (kind === "1d" ? 1 : 2);
export const inputShapeOf = (state) => [state.channels, ...state.size];

/** The weight's shape also where groups do not fit, so that its numbers have a place. */
export function weightShapeOf({ kind, channels, outputs, groups, kernel }) {
  const part = (count) => Math.max(1, Math.floor(count / Math.max(1, groups)));
  return kind === "transposed"
    ? [channels, part(outputs), ...kernel]
    : [outputs, part(channels), ...kernel];
}

// From and to a link -------------------------------------------------------------------------------

/** The state that a link's text describes, each number within its limits; null if it is none. */
export function fromQuery(text) {
  const given = new URLSearchParams(text);
  const kind = given.get("kind");
  if (!KINDS.includes(kind)) return null;
  const rank = rankOf(kind);
  const state = { kind, mode: MODES.find((mode) => mode === given.get("mode")) ?? "zeros" };
  const integers = (name, limits) =>
    given.has(name)
      ? given
          .get(name)
          .split(",")
          .map((each) => within(each, limits))
      : [];
  for (const [name, value] of Object.entries(PER_AXIS)) {
    const found = integers(name, LIMITS[name]);
    state[name] = range(rank).map((axis) => found[axis] ?? found[0] ?? value);
  }
  for (const [name, value] of Object.entries(SINGLE)) {
    state[name] = integers(name, LIMITS[name])[0] ?? value;
  }
  const word = ["same", "valid"].find((each) => each === given.get("padding"));
  const sides = integers("padding", LIMITS.padding);
  const pairs = range(rank).map((i) => [sides[2 * i] ?? 0, sides[2 * i + 1] ?? sides[2 * i] ?? 0]);
  state.padding = kind === "transposed" ? pairs.map(([p]) => [p, p]) : (word ?? pairs);
  if (kind === "transposed") state.mode = "zeros";
  else state.extra = state.extra.map(() => 0);
  state.input = numbers(given.get("input"), volume(inputShapeOf(state)), inputAt);
  state.weight = numbers(given.get("weight"), volume(weightShapeOf(state)), weightAt);
  state.bias = given.has("bias") ? numbers(given.get("bias"), state.outputs, () => 0) : null;
  state.at = range(rank + 1).map((i) => integers("at", [0, 63])[i] ?? 0);
  return state;
}

function within(text, [least, most]) {
  const value = Math.round(Number(text));
  return Number.isNaN(value) ? undefined : Math.min(most, Math.max(least, value));
}

function numbers(text, count, fill) {
  const found = (text ?? "").split(",").map((each) => number(each));
  return range(count).map((i) => found[i] ?? fill(i));
}

/** The text of a link to this state; it holds only what needs no escaping. */
export function toQuery(state) {
  const parts = [["kind", state.kind]];
  for (const name of ["channels", "outputs", "groups"]) {
    if (state[name] !== 1) parts.push([name, state[name]]);
  }
  parts.push(["size", state.size], ["kernel", state.kernel]);
  for (const [name, value] of [
    ["stride", 1],
    ["dilation", 1],
    ["extra", 0],
  ]) {
    if (state[name].some((each) => each !== value)) parts.push([name, state[name]]);
  }
  const { padding } = state;
  if (typeof padding === "string" || padding.flat().some(Boolean)) parts.push(["padding", padding]);
  if (state.mode !== "zeros") parts.push(["mode", state.mode]);
  const list = (values) => values.map((each) => written(each, true));
  parts.push(["input", list(state.input)], ["weight", list(state.weight)]);
  if (state.bias) parts.push(["bias", list(state.bias)]);
  if (state.at.some(Boolean)) parts.push(["at", state.at]);
  return parts.map(([name, value]) => `${name}=${[value].flat(3).join(",")}`).join("&");
}

// Changes ------------------------------------------------------------------------------------------

/** The state with some parameters changed; numbers keep their place, new places are filled. */
export function changed(state, changes) {
  const next = { ...state, ...changes };
  const rank = rankOf(next.kind);
  for (const name of Object.keys(PER_AXIS)) {
    next[name] = range(rank).map((i) => next[name][i] ?? next[name][0]);
  }
  if (Array.isArray(next.padding)) {
    next.padding = range(rank).map((i) => next.padding[i] ?? next.padding[0]);
  }
  if (next.kind === "transposed") {
    const pairs = Array.isArray(next.padding) ? next.padding : range(rank).map(() => [0, 0]);
    next.padding = pairs.map(([before]) => [before, before]);
    next.mode = "zeros";
  } else {
    next.extra = next.extra.map(() => 0);
  }
  next.input = moved(state.input, inputShapeOf(state), inputShapeOf(next), inputAt);
  next.weight = moved(state.weight, weightShapeOf(state), weightShapeOf(next), weightAt);
  next.bias = next.bias && range(next.outputs).map((i) => next.bias[i] ?? 0);
  next.at = range(rank + 1).map((i) => next.at[i] ?? 0);
  return next;
}

function moved(values, from, to, fill) {
  if (from.join() === to.join()) return values;
  const lead = from.length - to.length; // between one axis and two, the first of the sizes goes
  return indices(to).map((index, i) => {
    const old = lead < 0 ? [...index.slice(0, -2), index.at(-1)] : [...index];
    if (lead < 0 && index.at(-2) > 0) return fill(i);
    if (lead > 0) old.splice(-1, 0, 0);
    return old.every((each, axis) => each < from[axis]) ? values[place(from, old)] : fill(i);
  });
}

/** Every weight slice turned by 180 degrees: what mathematics calls the convolution's kernel. */
export function flipped(state) {
  const shape = weightShapeOf(state);
  const taps = volume(state.kernel);
  const weight = range(volume(shape)).map((i) => {
    const slice = Math.floor(i / taps) * taps;
    return state.weight[slice + taps - 1 - (i - slice)];
  });
  return { ...state, weight };
}

/** Other numbers in the same shapes, the same for the same seed. */
export function random(state, seed) {
  const draw = generator(seed);
  return {
    ...state,
    input: state.input.map(() => Math.floor(draw() * 10)),
    weight: state.weight.map(() => Math.floor(draw() * 7) - 3),
    bias: state.bias && state.bias.map(() => Math.floor(draw() * 7) - 3),
  };
}

/** Mulberry32: uniform numbers from 0 up to 1. */
export function generator(seed) {
  let a = seed >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const inputAt = (i) => Math.floor(generator(i + 1)() * 10);
const weightAt = (i) => Math.floor(generator(i + 1001)() * 5) - 2;
