// What an explorer shows, as one plain object and as the text of a link.
//
//   kind=2d&size=5,5&kernel=3,3&stride=2,2&padding=1,1,1,1&input=1,2,0,...&weight=1,2,1,...
//
// Padding is `same`, `valid`, or before and after for each axis. What is left out has its default.
// A number after ~ is made up: so it stays known as such, whoever opens the link.
// Beside what a link holds, a state knows what it had to do with one: `notes` on what was clamped,
// filled in or left out; `made`, the places whose numbers nobody gave; and `kept`, what does not
// fit the present shape and comes back with it. A place is that in the largest array there can be.

import { KINDS, LIMITS, MODES } from "./facts.js";
import { indices, place, range, volume } from "./geometry.js";
import { parse as number, written } from "./numbers.js";

const ROOM = { input: [8, 16, 16], weight: [8, 8, 7, 7], bias: [8] };
const NUMBERS = Object.keys(ROOM);
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

/** Whether a text is meant as a link to a state, also if it can no longer be read. */
export const isLink = (text) => /(?:^|&)(?:kind|size|kernel|input|weight)=/.test(text);

/** The state that a link's text describes, each number within its limits; null if it is none. */
export function fromQuery(text) {
  const given = new URLSearchParams(text);
  const kind = given.get("kind");
  if (!KINDS.includes(kind)) return null;
  const rank = rankOf(kind);
  const transposed = kind === "transposed";
  const notes = [];
  const note = (...told) => notes.push(told);
  const asked = { kind };
  const state = { kind };

  /** Whole numbers as they were asked for, and within limits; undefined what is none. */
  function integers(name, count, [least, most] = LIMITS[name]) {
    const texts = given.has(name) ? given.get(name).split(",") : [];
    if (texts.length > count) note(name, "surplus", texts.length - count);
    else if (texts.length > 1 && texts.length < count) note(name, "short", texts.length, count);
    return texts.slice(0, count).map((text) => {
      const value = text.trim() ? Number(text) : NaN;
      if (Number.isNaN(value)) {
        note(name, "junk", clipped(text));
        return [];
      }
      const kept = Math.min(most, Math.max(least, Math.round(value)));
      const rule = value > most ? "most" : value < least ? "least" : "whole";
      if (kept !== value) note(name, rule, clipped(text), kept);
      return [Math.max(least, Math.round(value)), kept];
    });
  }
  function word(name, choices) {
    const found = given.get(name);
    if (found !== null && !choices.includes(found)) note(name, "unknown", clipped(found));
    return choices.includes(found) ? found : null;
  }

  for (const [name, value] of Object.entries(PER_AXIS)) {
    const found = integers(name, rank);
    const of = (axis, side) => found[axis]?.[side] ?? found[0]?.[side] ?? value;
    asked[name] = range(rank).map((axis) => of(axis, 0));
    state[name] = range(rank).map((axis) => of(axis, 1));
  }
  for (const [name, value] of Object.entries(SINGLE)) {
    const [found] = integers(name, 1);
    asked[name] = found?.[0] ?? value;
    state[name] = found?.[1] ?? value;
  }
  state.mode = word("mode", MODES) ?? "zeros";
  state.padding = ["same", "valid"].find((each) => each === given.get("padding"));
  if (!state.padding) {
    const sides = integers("padding", 2 * rank).map((each) => each[1]);
    const rest = (sides.length === 1 && sides[0]) || 0; // one number is for all sides
    state.padding = range(rank).map((i) => [sides[2 * i] ?? rest, sides[2 * i + 1] ?? rest]);
  }
  if (transposed) {
    if (state.mode !== "zeros") note("mode", "unfit");
    const pairs = Array.isArray(state.padding) ? state.padding : range(rank).map(() => [0, 0]);
    if (pairs !== state.padding || pairs.some(([b, a]) => b !== a)) note("padding", "unfit");
    state.padding = pairs.map(([before]) => [before, before]);
    state.mode = "zeros";
  } else {
    if (state.extra.some(Boolean)) note("extra", "unfit");
    state.extra = state.extra.map(() => 0);
  }
  state.at = range(rank + 1).map(() => 0);
  integers("at", rank + 1, [0, 999]).forEach((each, i) => {
    state.at[i] = each[1] ?? 0;
  });

  state.made = {};
  /** Numbers by their place in the shape that was asked for; made up where there is none. */
  function numbers(name, shapeOf, fill) {
    const texts = given.get(name)?.split(",") ?? [];
    const [shape, whole] = [shapeOf(state), shapeOf({ ...state, ...asked })];
    if (texts.length > volume(whole)) note(name, "surplus", texts.length - volume(whole));
    const rooms = places(name, state, shape);
    state.made[name] = new Set();
    let missing = 0;
    state[name] = indices(shape).map((index, i) => {
      const [, mark, text] = /^(~?)(.*)$/s.exec(texts[place(whole, index)] ?? "");
      const found = number(text);
      if (found === null) missing += 1;
      if (found === null || mark) state.made[name].add(rooms[i]);
      return found ?? fill(i);
    });
    if (missing) note(name, "missing", missing, rooms.length);
  }
  numbers("input", inputShapeOf, FILL.input);
  numbers("weight", weightShapeOf, FILL.weight);
  if (given.has("bias")) numbers("bias", (each) => [each.outputs], FILL.bias);
  else state.bias = null;
  const known = [...Object.keys(LIMITS), ...NUMBERS, "kind", "mode", "at"];
  for (const name of new Set(given.keys())) {
    if (!known.includes(name)) note("", "unknown", clipped(name));
  }
  return { ...state, notes };
}

const clipped = (text) => (text.length > 12 ? `${text.slice(0, 12)}…` : text);

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
  for (const name of NUMBERS) {
    if (!state[name]) continue;
    const made = madeUp(state, name);
    parts.push([name, state[name].map((each, i) => (made[i] ? "~" : "") + written(each, true))]);
  }
  if (state.at.some(Boolean)) parts.push(["at", state.at]);
  return parts.map(([name, value]) => `${name}=${[value].flat(3).join(",")}`).join("&");
}

// Changes ------------------------------------------------------------------------------------------

/** The state with some parameters changed. Numbers keep their place; a place that the state has
 *  had before gets its number back, and another one a number that is made up. */
export function changed(state, changes) {
  const next = { ...state, ...changes, notes: [] };
  const kept = { ...state.kept };
  if (next.kind !== state.kind) asKind(next, state, kept);
  if (changes.bias === true) next.bias = range(next.outputs).map((o) => kept.bias?.get(o) ?? 1);
  next.made = { ...state.made };
  for (const name of NUMBERS) {
    if (shapeOf(name, state).join() === shapeOf(name, next).join()) continue;
    const known = new Map(kept[name]);
    places(name, state).forEach((each, i) => {
      known.set(each, state[name][i]);
    });
    kept[name] = known;
    if (!next[name] || changes[name]) continue;
    const made = new Set(state.made?.[name]);
    next[name] = places(name, next).map((each, i) => {
      if (!known.has(each)) made.add(each);
      return known.get(each) ?? FILL[name](i);
    });
    next.made[name] = made;
  }
  return { ...next, kept };
}

/** What a kind of convolution cannot have is kept for the way back, also one of two axes. */
function asKind(next, state, kept) {
  const even = (padding) =>
    next.size.map((_, i) => Array(2).fill(typeof padding === "string" ? 0 : padding[i][0]));
  if (state.kind === "transposed") {
    const { mode = "zeros", padding = next.padding } = kept.straight ?? {};
    kept.extra = next.extra;
    next.extra = next.extra.map(() => 0);
    next.mode = mode;
    if (String(even(padding)) === String(next.padding)) next.padding = padding;
  }
  const axes = [...Object.keys(PER_AXIS), ...(Array.isArray(next.padding) ? ["padding"] : [])];
  if (rankOf(next.kind) < rankOf(state.kind)) {
    kept.first = {};
    for (const name of axes) {
      const [first, last] = next[name];
      if (String(first) !== String(last)) kept.first[name] = first;
      next[name] = [last];
    }
    next.at = [next.at[0], next.at[2]];
  } else if (rankOf(next.kind) > rankOf(state.kind)) {
    for (const name of axes) next[name] = [kept.first?.[name] ?? next[name][0], next[name][0]];
    next.at = [next.at[0], 0, next.at[1]];
  }
  if (next.kind === "transposed") {
    kept.straight = { mode: next.mode, padding: next.padding };
    next.padding = even(next.padding);
    next.mode = "zeros";
    next.extra = kept.extra ?? next.extra;
  }
}

// Numbers and their places -------------------------------------------------------------------------

/** The shape of a state's numbers by their name. */
function shapeOf(name, state) {
  if (name === "bias") return [state.bias ? state.outputs : 0];
  return name === "input" ? inputShapeOf(state) : weightShapeOf(state);
}

/** The places of a state's numbers, in their order; one axis is the first row of two. */
function places(name, state, shape = shapeOf(name, state)) {
  const flat = shape.length < ROOM[name].length;
  return indices(shape).map((index) =>
    place(ROOM[name], flat ? [...index.slice(0, -1), 0, index.at(-1)] : index),
  );
}

/** For each number, whether it is made up. */
export const madeUp = (state, name) =>
  state.made?.[name]?.size ? places(name, state).map((each) => state.made[name].has(each)) : [];

/** The state with other numbers at some places: [[place, value], ...]. */
export function withNumbers(state, name, pairs) {
  const values = [...state[name]];
  const made = new Set(state.made?.[name]);
  const rooms = made.size ? places(name, state) : [];
  for (const [at, value] of pairs) {
    values[at] = value;
    made.delete(rooms[at]);
  }
  return { ...state, notes: [], [name]: values, made: { ...state.made, [name]: made } };
}

/** The same numbers, all of them given by somebody, with none kept aside. */
function owned(state) {
  const kept = { ...state.kept };
  for (const name of NUMBERS) delete kept[name];
  return { ...state, notes: [], made: {}, kept };
}

/** Whether two states differ in more than the cell that is looked at. */
export const differs = (one, other) =>
  [...NUMBERS, ...Object.keys(LIMITS), "kind", "mode"].some(
    (name) => one[name] !== other[name] && String(one[name]) !== String(other[name]),
  );

/** An example: its numbers are as they should be, also those that it leaves to the script. */
export const example = (query) => owned(fromQuery(query));

/** Every weight slice turned by 180 degrees: what mathematics calls the convolution's kernel. */
export function flipped(state) {
  const taps = volume(state.kernel);
  const turned = (list) =>
    list.map((_, i) => {
      const slice = Math.floor(i / taps) * taps;
      return list[slice + taps - 1 - (i - slice)];
    });
  const rooms = places("weight", state);
  const made = turned(madeUp(state, "weight"));
  return {
    ...state,
    notes: [],
    weight: turned(state.weight),
    made: { ...state.made, weight: new Set(rooms.filter((_, i) => made[i])) },
    kept: { ...state.kept, weight: undefined },
  };
}

/** Other numbers in the same shapes, the same for the same seed. */
export function random(state, seed) {
  const draw = generator(seed);
  return {
    ...owned(state),
    input: state.input.map(() => Math.floor(draw() * 10)),
    weight: state.weight.map(() => Math.floor(draw() * 7) - 3),
    bias: state.bias?.map(() => Math.floor(draw() * 7) - 3),
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

const FILL = {
  input: (i) => Math.floor(generator(i + 1)() * 10),
  weight: (i) => Math.floor(generator(i + 1001)() * 5) - 2,
  bias: () => 0,
};
