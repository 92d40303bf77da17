// What an explorer shows, as one plain object and as the text of a link.
//
//   kind=2d&size=5,5&kernel=3,3&stride=2,2&padding=1,1,1,1&input=1,2,0,...&weight=1,2,1,...
//
// Padding is `same`, `valid`, or before and after for each axis. What is left out has its default.
// A number after ~ is made up: so it stays known as such, whoever opens the link.

/** @import { Kind, Limited, Mode, PerAxis, Single } from "./facts.js"
 *  @import { Index, Pair } from "./geometry.js" */

/** @typedef {{kind: Kind, channels: number, outputs: number, groups: number,
 *    size: number[], kernel: number[], stride: number[], dilation: number[], extra: number[],
 *    padding: Padding, mode: Mode, input: number[], weight: number[], bias: number[] | null,
 *    at: Index, notes?: Note[], made?: Made, kept?: Kept}} State
 *  @typedef {"same" | "valid" | Pair[]} Padding  [before, after] for each axis
 *  @typedef {"input" | "weight" | "bias"} Numbers */

/** What an explorer has a word for.
 *  @typedef {Limited | Numbers | "kind" | "mode" | "at"} Name */

/** What was done with a link: clamped, filled in or left out, as words.js says it.
 *  @typedef {[name: Name | "", rule: NoteRule, ...told: (string | number)[]]} Note
 *  @typedef {"lost" | "most" | "least" | "whole" | "junk" | "surplus" | "short" | "missing" |
 *    "unknown" | "unfit" | "moved"} NoteRule */

/** The places whose numbers nobody gave. A place is that in the largest array there can be.
 *  @typedef {Partial<Record<Numbers, Set<number>>>} Made */

/** What does not fit the present shape, and comes back with it: numbers by their places, and for
 *  other kinds what a transposed convolution does not have, and the first of two axes.
 *  @typedef {Partial<Record<Numbers, Map<number, number>>> & {extra?: number[],
 *    straight?: {mode: Mode, padding: Padding},
 *    first?: Partial<Record<PerAxis, number>>, sides?: Pair}} Kept */

/** Some parameters; a bias that is `true` gets its numbers.
 *  @typedef {Partial<Omit<State, "bias">> & {bias?: true | null}} Changes */

import { KINDS, LIMITS, MODES } from "./facts.js";
import { indices, place, range, volume, weightShape } from "./geometry.js";
import { parse as number, written } from "./numbers.js";

/** @type {Record<Numbers, number[]>} */
const ROOM = { input: [8, 16, 16], weight: [8, 8, 7, 7], bias: [8] };
export const NUMBERS = keysOf(ROOM);
/** @type {Record<PerAxis, number>} */
const PER_AXIS = { size: 5, kernel: 3, stride: 1, dilation: 1, extra: 0 };
/** @type {Record<Single, number>} */
const SINGLE = { channels: 1, outputs: 1, groups: 1 };

/** @type {("same" | "valid")[]} */
export const PADDINGS = ["same", "valid"];

/** @template {string} K
 *  @param {Partial<Record<K, unknown>>} record */
export function keysOf(record) {
  return /** @type {K[]} */ (Object.keys(record));
}

/** @type {(kind: Kind) => number} */
export const rankOf = (kind) => (kind === "1d" ? 1 : 2);
/** @type {(state: State) => number[]} */
export const inputShapeOf = (state) => [state.channels, ...state.size];

/** @type {(state: State) => number[]} */
export const weightShapeOf = (state) =>
  weightShape({
    ...state,
    transposed: state.kind === "transposed",
    axes: state.kernel.map((kernel) => ({ kernel })),
  });

// From and to a link -------------------------------------------------------------------------------

/** Whether a text is meant as a link to a state, also if it can no longer be read.
 *  @type {(text: string) => boolean} */
export const isLink = (text) => /(?:^|&)(?:kind|size|kernel|input|weight)=/.test(text);

/** The state that a link's text describes, each number within its limits; null if it is none.
 *  @type {(text: string | null) => State | null} */
export function fromQuery(text) {
  const given = new URLSearchParams(text ?? "");
  const kind = KINDS.find((each) => each === given.get("kind"));
  if (!kind) return null;
  const rank = rankOf(kind);
  const transposed = kind === "transposed";
  const none = range(rank).map(() => 0);
  /** @type {Note[]} */
  const notes = [];
  /** @type {(...told: Note) => void} */
  const note = (...told) => notes.push(told);
  /** @type {Made} */
  const made = {};
  /** @type {Partial<State>} */
  const asked = { kind };
  /** @type {State} */
  const state = {
    ...{ kind, ...SINGLE, size: none, kernel: none, stride: none, dilation: none, extra: none },
    ...{ padding: [], mode: "zeros", at: [0, ...none] },
    ...{ input: [], weight: [], bias: null, made, notes },
  };

  /** Whole numbers as they were asked for, and within limits; nothing for what is none.
   *  @type {(name: Limited | "at", count: number, limits: Pair) => number[][]} */
  function integers(name, count, [least, most]) {
    const texts = given.get(name)?.split(",") ?? [];
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

  for (const name of keysOf(PER_AXIS)) {
    const found = integers(name, rank, LIMITS[name]);
    /** @type {(axis: number, side: number) => number} */
    const of = (axis, side) => found[axis]?.[side] ?? found[0]?.[side] ?? PER_AXIS[name];
    asked[name] = range(rank).map((axis) => of(axis, 0));
    state[name] = range(rank).map((axis) => of(axis, 1));
  }
  for (const name of keysOf(SINGLE)) {
    const [found] = integers(name, 1, LIMITS[name]);
    asked[name] = found?.[0] ?? SINGLE[name];
    state[name] = found?.[1] ?? SINGLE[name];
  }
  const mode = given.get("mode");
  state.mode = MODES.find((each) => each === mode) ?? "zeros";
  if (mode !== null && mode !== state.mode) note("mode", "unknown", clipped(mode));
  const named = PADDINGS.find((each) => each === given.get("padding"));
  if (named) state.padding = named;
  else {
    const sides = integers("padding", 2 * rank, LIMITS.padding).map((each) => each[1]);
    const rest = (sides.length === 1 && sides[0]) || 0; // one number is for all sides
    state.padding = range(rank).map((i) => [sides[2 * i] ?? rest, sides[2 * i + 1] ?? rest]);
  }
  if (transposed) {
    if (state.mode !== "zeros") note("mode", "unfit");
    /** @type {Pair[]} */
    const pairs = Array.isArray(state.padding) ? state.padding : none.map(() => [0, 0]);
    if (pairs !== state.padding || pairs.some(([b, a]) => b !== a)) note("padding", "unfit");
    state.padding = pairs.map(([before]) => [before, before]);
    state.mode = "zeros";
  } else {
    if (state.extra.some(Boolean)) note("extra", "unfit");
    state.extra = none;
  }
  integers("at", rank + 1, [0, 999]).forEach((each, i) => {
    state.at[i] = each[1] ?? 0;
  });

  /** Numbers by their place in the shape that was asked for; made up where there is none.
   *  @type {(name: Numbers, shapeOf: (state: State) => number[], fill: (i: number) => number) =>
   *    void} */
  function numbers(name, shapeOf, fill) {
    const texts = given.get(name)?.split(",") ?? [];
    const [shape, whole] = [shapeOf(state), shapeOf({ ...state, ...asked })];
    if (texts.length > volume(whole)) note(name, "surplus", texts.length - volume(whole));
    const rooms = places(name, state, shape);
    /** @type {Set<number>} */
    const madeHere = new Set();
    made[name] = madeHere;
    let missing = 0;
    state[name] = indices(shape).map((index, i) => {
      const text = texts[place(whole, index)] ?? "";
      const mark = text.startsWith("~");
      const found = number(mark ? text.slice(1) : text);
      if (found === null) missing += 1;
      if (found === null || mark) madeHere.add(rooms[i]);
      return found ?? fill(i);
    });
    if (missing) note(name, "missing", missing, rooms.length);
  }
  numbers("input", inputShapeOf, FILL.input);
  numbers("weight", weightShapeOf, FILL.weight);
  if (given.has("bias")) numbers("bias", (each) => [each.outputs], FILL.bias);
  /** @type {string[]} */
  const known = [...keysOf(LIMITS), ...NUMBERS, "kind", "mode", "at"];
  for (const name of new Set(given.keys())) {
    if (!known.includes(name)) note("", "unknown", clipped(name));
  }
  return state;
}

/** @type {(text: string) => string} */
const clipped = (text) => (text.length > 12 ? `${text.slice(0, 12)}…` : text);

/** The text of a link to this state; it holds only what needs no escaping.
 *  @type {(state: State) => string} */
export function toQuery(state) {
  const { size, kernel, ...usual } = PER_AXIS; // these two always stand
  /** @type {string[]} */
  const parts = [];
  /** @type {(name: keyof State, value?: unknown) => void} */
  const put = (name, value = state[name]) => parts.push(`${name}=${value}`);
  put("kind");
  for (const name of keysOf(SINGLE)) if (state[name] !== SINGLE[name]) put(name);
  put("size");
  put("kernel");
  for (const name of keysOf(usual)) if (state[name].some((each) => each !== usual[name])) put(name);
  const { padding } = state;
  if (typeof padding === "string" || padding.flat().some(Boolean)) put("padding");
  if (state.mode !== "zeros") put("mode");
  for (const name of NUMBERS) {
    const made = madeUp(state, name);
    const texts = state[name]?.map((each, i) => (made[i] ? "~" : "") + written(each, true));
    if (texts) put(name, texts);
  }
  if (state.at.some(Boolean)) put("at");
  return parts.join("&");
}

// Changes ------------------------------------------------------------------------------------------

/** The state with some parameters changed. Numbers keep their place; a place that the state has
 *  had before gets its number back, and another one a number that is made up.
 *  @type {(state: State, changes: Changes) => State} */
export function changed(state, changes) {
  const { bias = state.bias, ...others } = changes;
  const kept = { ...state.kept };
  const allMade = { ...state.made };
  /** @type {State} */
  const next = { ...state, ...others, notes: [], made: allMade, kept };
  if (next.kind !== state.kind) asKind(next, state, kept);
  next.bias = bias === true ? range(next.outputs).map((o) => kept.bias?.get(o) ?? 1) : bias;
  for (const name of NUMBERS) {
    if (shapeOf(name, state).join() === shapeOf(name, next).join()) continue;
    const known = new Map(kept[name]);
    const old = state[name] ?? [];
    places(name, state).forEach((each, i) => {
      known.set(each, old[i]);
    });
    kept[name] = known;
    if (!next[name] || changes[name]) continue;
    const made = new Set(state.made?.[name]);
    next[name] = places(name, next).map((each, i) => {
      if (!known.has(each)) made.add(each);
      return known.get(each) ?? FILL[name](i);
    });
    allMade[name] = made;
  }
  return next;
}

/** What a kind of convolution cannot have is kept for the way back, also one of two axes.
 *  @type {(next: State, state: State, kept: Kept) => void} */
function asKind(next, state, kept) {
  /** @type {(padding: Padding) => Pair[]} */
  const even = (padding) =>
    next.size.map((_, i) => {
      const side = typeof padding === "string" ? 0 : padding[i][0];
      return [side, side];
    });
  if (state.kind === "transposed") {
    const { mode = "zeros", padding = next.padding } = kept.straight ?? {};
    kept.extra = next.extra;
    next.extra = next.extra.map(() => 0);
    next.mode = mode;
    if (String(even(padding)) === String(next.padding)) next.padding = padding;
  }
  if (rankOf(next.kind) < rankOf(state.kind)) {
    kept.first = {};
    kept.sides = undefined;
    for (const name of keysOf(PER_AXIS)) {
      const [first, last] = next[name];
      if (first !== last) kept.first[name] = first;
      next[name] = [last];
    }
    if (Array.isArray(next.padding)) {
      const [first, last] = next.padding;
      if (String(first) !== String(last)) kept.sides = first;
      next.padding = [last];
    }
    next.at = [next.at[0], next.at[2]];
  } else if (rankOf(next.kind) > rankOf(state.kind)) {
    for (const name of keysOf(PER_AXIS)) {
      const [last] = next[name];
      next[name] = [kept.first?.[name] ?? last, last];
    }
    if (Array.isArray(next.padding)) {
      const [last] = next.padding;
      next.padding = [kept.sides ?? last, last];
    }
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

/** The shape of a state's numbers by their name.
 *  @type {(name: Numbers, state: State) => number[]} */
function shapeOf(name, state) {
  if (name === "bias") return [state.bias ? state.outputs : 0];
  return name === "input" ? inputShapeOf(state) : weightShapeOf(state);
}

/** The places of a state's numbers, in their order; one axis is the first row of two.
 *  @type {(name: Numbers, state: State, shape?: number[]) => number[]} */
function places(name, state, shape = shapeOf(name, state)) {
  const flat = shape.length < ROOM[name].length;
  return indices(shape).map((index) =>
    place(ROOM[name], flat ? [...index.slice(0, -1), 0, ...index.slice(-1)] : index),
  );
}

/** For each number, whether it is made up.
 *  @type {(state: State, name: Numbers) => boolean[]} */
export function madeUp(state, name) {
  const made = state.made?.[name];
  return made?.size ? places(name, state).map((each) => made.has(each)) : [];
}

/** The state with other numbers at some places.
 *  @type {(state: State, name: Numbers, pairs: [place: number, value: number][]) => State} */
export function withNumbers(state, name, pairs) {
  const values = [...(state[name] ?? [])];
  const made = new Set(state.made?.[name]);
  const rooms = made.size ? places(name, state) : [];
  for (const [at, value] of pairs) {
    values[at] = value;
    made.delete(rooms[at]);
  }
  return { ...state, notes: [], [name]: values, made: { ...state.made, [name]: made } };
}

/** The same numbers, all of them given by somebody, with none kept aside.
 *  @type {(state: State) => State} */
function owned(state) {
  const kept = { ...state.kept };
  for (const name of NUMBERS) delete kept[name];
  return { ...state, notes: [], made: {}, kept };
}

/** @type {(keyof State)[]} */
const DIFFERING = [...NUMBERS, ...keysOf(LIMITS), "kind", "mode"];

/** Whether two states differ in more than the cell that is looked at.
 *  @type {(one: State, other: State) => boolean} */
export const differs = (one, other) =>
  DIFFERING.some((name) => one[name] !== other[name] && String(one[name]) !== String(other[name]));

/** An example: its numbers are as they should be, also those that it leaves to the script.
 *  @type {(query: string) => State} */
export function example(query) {
  const state = fromQuery(query);
  if (!state) throw new Error(`no example: ${query}`);
  return owned(state);
}

/** Every weight slice turned by 180 degrees: what mathematics calls the convolution's kernel.
 *  @type {(state: State) => State} */
export function flipped(state) {
  const taps = volume(state.kernel);
  /** @template T
   *  @param {T[]} list */
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

/** Other numbers in the same shapes, the same for the same seed.
 *  @type {(state: State, seed: number) => State} */
export function random(state, seed) {
  const draw = generator(seed);
  return {
    ...owned(state),
    input: state.input.map(() => Math.floor(draw() * 10)),
    weight: state.weight.map(() => Math.floor(draw() * 7) - 3),
    bias: state.bias?.map(() => Math.floor(draw() * 7) - 3) ?? null,
  };
}

/** Mulberry32: uniform numbers from 0 up to 1.
 *  @type {(seed: number) => () => number} */
export function generator(seed) {
  let a = seed >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** What stands where nobody gave a number.
 *  @type {Record<Numbers, (i: number) => number>} */
const FILL = {
  input: (i) => Math.floor(generator(i + 1)() * 10),
  weight: (i) => Math.floor(generator(i + 1001)() * 5) - 2,
  bias: () => 0,
};
