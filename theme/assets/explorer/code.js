// The same state as Python: once with PyTorch, once with convref. Both print the same.

/** @import { Mode } from "./facts.js"
 *  @import { Pair } from "./geometry.js"
 *  @import { Padding, State } from "./state.js" */

import { padsOf } from "./checks.js";
import { areFloats, tuple, written } from "./numbers.js";
import { inputShapeOf, weightShapeOf } from "./state.js";

/** How a library writes things.
 *  @typedef {{imports: string[], layer: [imported: string, prefix: string], array: string,
 *    float: string, rounded: (places: number) => string}} Library */

/** @type {Library} */
const TORCH = {
  imports: ["import torch", "import torch.nn.functional as F"],
  layer: ["from torch import nn", "nn.Conv"],
  array: "torch.tensor",
  float: "dtype=torch.float64",
  rounded: (places) => `(y.round(decimals=${places}) + 0)`,
};
/** @type {Library} */
const CONVREF = {
  imports: ["import numpy as np"],
  layer: ["from convref import ", "Conv"],
  array: "np.array",
  float: "dtype=float",
  rounded: (places) => `(y.round(${places}) + 0)`,
};

/** @type {(state: State) => string} */
export const torchCode = (state) => code(state, TORCH);
/** @type {(state: State) => string} */
export const convrefCode = (state) => code(state, CONVREF);

/** @type {(state: State, library: Library) => string} */
function code(state, library) {
  const rank = state.size.length;
  const name = state.kind === "transposed" ? "conv_transpose2d" : `conv${rank}d`;
  const { channels, outputs, groups } = state;
  if (groups > 0 && (channels % groups || outputs % groups)) return layerCode(state, library);
  const floats = areFloats(state);
  /** @type {string[]} */
  const lines = [];
  /** @type {(variable: string, values: number[], shape: number[]) => void} */
  const put = (variable, values, shape) => {
    const head = `${variable} = ${library.array}(`;
    const type = floats ? `, ${library.float}` : "";
    lines.push(`${head}${nested(values, shape, head.length)}${type})`);
  };
  put("x", state.input, [1, ...inputShapeOf(state)]);
  put("w", state.weight, weightShapeOf(state));
  if (state.bias) put("b", state.bias, [outputs]);
  const { before, options } = library === TORCH ? torchPadding(state) : convrefPadding(state);
  if (before) lines.push(before);
  const given = [
    "x",
    "w",
    ...(state.bias ? ["b"] : []),
    ...perAxis("stride", state.stride, 1),
    ...options,
    ...(state.kind === "transposed" ? perAxis("output_padding", state.extra, 0) : []),
    ...perAxis("dilation", state.dilation, 1),
    ...(groups === 1 ? [] : [`groups=${groups}`]),
  ];
  const call = library === TORCH ? `F.${name}` : name;
  lines.push(`y = ${call}(${given.join(", ")})`);
  lines.push(`print(${floats ? library.rounded(places(state)) : "y"}.tolist())`);
  const imports = [...library.imports];
  if (library === CONVREF) imports.push(`from convref import ${name}`);
  return [...imports, "", ...lines].join("\n");
}

/** Channels that do not split: there are no weights to write down, but the layer says why.
 *  @type {(state: State, library: Library) => string} */
function layerCode({ kind, size, channels, outputs, groups, kernel }, library) {
  const kinds = kind === "transposed" ? "Transpose2d" : `${size.length}d`;
  const [imported, prefix] = library.layer;
  const name = `${prefix}${kinds}`;
  const line = library === CONVREF ? `${imported}${name}` : imported;
  return `${line}\n\n${name}(${channels}, ${outputs}, kernel_size=${one(kernel)}, groups=${groups})`;
}

/** Equal numbers as one.
 *  @type {(list: number[]) => string | number} */
const one = (list) => (list.every((each) => each === list[0]) ? list[0] : tuple(list));

/** @type {(name: string, list: number[], usual: number) => string[]} */
const perAxis = (name, list, usual) =>
  list.every((each) => each === usual) ? [] : [`${name}=${one(list)}`];

/** A line before the call, if there has to be one, and options of the call.
 *  @typedef {{before?: string, options: string[]}} Padded */

/** convref pads by itself, with one number for each side where they differ.
 *  @type {(state: State) => Padded} */
function convrefPadding({ padding, mode }) {
  const options = paddingOption(padding);
  const copies = mode !== "zeros" && options.length > 0 && padding !== "valid";
  return { options: copies ? [...options, `padding_mode="${mode}"`] : options };
}

/** F.conv2d knows zeros only; what is uneven, or copies cells, is padded in front of it.
 *  @type {(state: State) => Padded} */
function torchPadding(state) {
  const { padding, mode } = state;
  const pairs = padsOf(state);
  const even = pairs.every(([before, after]) => before === after);
  const refused = padding === "same" && state.stride.some((each) => each !== 1);
  const plain = (even && mode === "zeros") || pairs.flat().every((each) => each === 0) || refused;
  if (plain) return { options: paddingOption(padding) };
  return { before: padLine(pairs, mode), options: [] };
}

/** @type {(padding: Padding) => string[]} */
function paddingOption(padding) {
  if (typeof padding === "string") return [`padding="${padding}"`];
  if (padding.some(([before, after]) => before !== after)) {
    return [`padding=[${padding.map(tuple).join(", ")}]`];
  }
  return perAxis(
    "padding",
    padding.map(([before]) => before),
    0,
  );
}

/** The last axis comes first, as in PyTorch.
 *  @type {(pairs: Pair[], mode: Mode) => string} */
function padLine(pairs, mode) {
  const option = mode === "zeros" ? "" : `, mode="${mode}"`;
  return `x = F.pad(x, ${tuple([...pairs].reverse().flat())}${option})`;
}

/** Nested lists, one line for each row, aligned under the first.
 *  @type {(values: number[], shape: number[], indent: number) => string} */
function nested(values, shape, indent) {
  /** @type {(depth: number, start: number, count: number) => string} */
  const build = (depth, start, count) => {
    if (depth === shape.length - 1) {
      const row = values.slice(start, start + count);
      return `[${row.map((value) => written(value, true)).join(", ")}]`;
    }
    const each = count / shape[depth];
    const parts = Array.from({ length: shape[depth] }, (_, i) =>
      build(depth + 1, start + i * each, each),
    );
    return `[${parts.join(`,\n${" ".repeat(indent + depth + 1)}`)}]`;
  };
  return build(0, 0, values.length);
}

/** Decimals that the exact result has at most: both libraries agree in them.
 *  @type {(state: State) => number} */
function places({ input, weight, bias }) {
  /** @type {(list: number[]) => number} */
  const most = (list) =>
    Math.max(0, ...list.map((value) => (written(value, true).split(".")[1] ?? "").length));
  return Math.max(most(input) + most(weight), most(bias ?? []));
}
