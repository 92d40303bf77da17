// The browser's copy of convref/geometry.py and of the two sums: the only second copy there is.
// tests/test_explorer_formulas.py holds every function here equal to the package's.

/** @import { Mode } from "./facts.js" */

/** @typedef {{size: number, kernel: number, stride: number, dilation: number,
 *    before: number, after: number}} Axis
 *  @typedef {[number, number]} Pair
 *  @typedef {number[]} Index  one integer for each axis */

/** A convolution to compute: numbers as flat arrays, input of the shape (C, ...sizes). An axis of a
 *  transposed one has its output padding in `extra`.
 *  @typedef {Channels & {axes: Axis[], extra: number[], mode: Mode,
 *    input: number[], weight: number[], bias: number[] | null}} Layer
 *  @typedef {{transposed: boolean, channels: number, outputs: number, groups: number}} Channels */

/** What an output cell reads along one axis: where, which cell, null where there is none, and for
 *  which tap.
 *  @typedef {[position: number, cell: number | null, tap: number]} Step */

/** Where one product of an output cell comes from; `input` is null where the padding is zero.
 *  @typedef {{position: Index, input: Index | null, weight: Index}} Place
 *  @typedef {Place & {padding: boolean, x: number, w: number, product: number, sum: number}} Term
 *  @typedef {{list: Term[], bias: number | null, total: number}} Told */

/** @type {(a: Axis) => number} */
export const reach = (a) => a.dilation * (a.kernel - 1) + 1;
/** @type {(a: Pick<Axis, "before" | "size" | "after">) => number} */
export const paddedSize = (a) => a.before + a.size + a.after;
/** @type {(a: Axis) => number} */
export const outputSize = (a) => Math.floor((paddedSize(a) - reach(a)) / a.stride) + 1;

/** @type {(kernel: number, dilation: number) => Pair} */
export function samePadding(kernel, dilation) {
  const total = dilation * (kernel - 1);
  return [Math.floor(total / 2), Math.ceil(total / 2)];
}

/** Where a tap of one window looks: 0 is the first input cell, negatives lie in the padding.
 *  @type {(a: Axis, output: number, tap: number) => number} */
export const position = (a, output, tap) => output * a.stride + tap * a.dilation - a.before;

/** Index of the input cell shown at a position, or null where the padding is zero.
 *  @type {(at: number, size: number, mode: Mode) => number | null} */
export function source(at, size, mode) {
  if (0 <= at && at < size) return at;
  if (mode === "reflect") return at < 0 ? -at : 2 * (size - 1) - at;
  if (mode === "replicate") return at < 0 ? 0 : size - 1;
  if (mode === "circular") return ((at % size) + size) % size;
  return null;
}

/** @type {(a: Axis, extra: number) => number} */
export function transposedSize(a, extra) {
  return (a.size - 1) * a.stride - a.before - a.after + reach(a) + extra;
}

/** The [cell, tap] pairs of the input that a transposed convolution adds into one output cell.
 *  @type {(a: Axis, output: number) => Pair[]} */
export function feeds(a, output) {
  /** @type {Pair[]} */
  const found = [];
  for (let tap = a.kernel - 1; tap >= 0; tap--) {
    const cell = (output - position(a, 0, tap)) / a.stride;
    if (Number.isInteger(cell) && 0 <= cell && cell < a.size) found.push([cell, tap]);
  }
  return found;
}

/** Input channels that one output channel sees: those of its group.
 *  @type {(output: number, channels: number, outputs: number, groups: number) => number[]} */
export function groupChannels(output, channels, outputs, groups) {
  const width = channels / groups;
  const first = Math.floor(output / (outputs / groups)) * width;
  return range(width).map((each) => first + each);
}

/** @type {(a: Axis) => string} */
export const writtenSize = (a) =>
  `floor((${a.before} + ${a.size} + ${a.after} - ${a.dilation} * (${a.kernel} - 1) - 1)` +
  ` / ${a.stride}) + 1`;

/** @type {(a: Axis, extra: number) => string} */
export const writtenTransposedSize = (a, extra) =>
  `(${a.size} - 1) * ${a.stride} - ${a.before} - ${a.after}` +
  ` + ${a.dilation} * (${a.kernel} - 1) + ${extra} + 1`;

// Indices ------------------------------------------------------------------------------------------

/** @type {(count: number) => number[]} */
export const range = (count) => Array.from({ length: count }, (_, each) => each);
/** @type {(shape: number[]) => number} */
export const volume = (shape) => shape.reduce((product, each) => product * each, 1);

/** All combinations of one item from each list, the last list running fastest.
 *  @template T
 *  @param {T[][]} lists */
export const combinations = (lists) =>
  lists.reduce(
    (all, list) => all.flatMap((head) => list.map((item) => [...head, item])),
    /** @type {T[][]} */ ([[]]),
  );

/** @type {(shape: number[]) => Index[]} */
export const indices = (shape) => combinations(shape.map(range));

/** The index at a place in an array laid out row by row.
 *  @type {(shape: number[], at: number) => Index} */
export const unravel = (shape, at) =>
  shape
    .reduceRight(([rest, ...found], n) => [Math.floor(rest / n), rest % n, ...found], [at])
    .slice(1);

/** Place of an index in an array laid out row by row.
 *  @type {(shape: number[], index: Index) => number} */
export const place = (shape, index) => index.reduce((at, each, axis) => at * shape[axis] + each, 0);

// The sums -----------------------------------------------------------------------------------------

/** Where groups do not fit, too, so that numbers have a place.
 *  @type {(layer: Channels & {axes: {kernel: number}[]}) => number[]} */
export function weightShape({ transposed, channels, outputs, groups, axes }) {
  /** @type {(count: number) => number} */
  const part = (count) => Math.max(1, Math.floor(count / Math.max(1, groups)));
  const kernel = axes.map((a) => a.kernel);
  return transposed ? [channels, part(outputs), ...kernel] : [outputs, part(channels), ...kernel];
}

/** The first two indices of the weights with which an output channel sees an input channel.
 *  @type {(layer: Channels, output: number, channel: number) => Index} */
export const sliceOf = ({ transposed, channels, outputs, groups }, output, channel) =>
  transposed ? [channel, output % (outputs / groups)] : [output, channel % (channels / groups)];

/** @type {(layer: Layer) => number[]} */
export const inputShape = (layer) => [layer.channels, ...layer.axes.map((a) => a.size)];

/** @type {(layer: Layer) => number[]} */
export const outputSizes = (layer) =>
  layer.axes.map((a, axis) =>
    layer.transposed ? transposedSize(a, layer.extra[axis]) : outputSize(a),
  );

/** For one axis, what an output cell reads, in order.
 *  @type {(layer: Layer, axis: number, output: number) => Step[]} */
function reads(layer, axis, output) {
  const a = layer.axes[axis];
  if (layer.transposed) return feeds(a, output).map(([cell, tap]) => [cell, cell, tap]);
  return range(a.kernel).map((tap) => {
    const at = position(a, output, tap);
    return [at, source(at, a.size, layer.mode), tap];
  });
}

/** The places of one output cell's products, in order.
 *  @type {(layer: Layer, at: Index) => Place[]} */
export function places(layer, at) {
  const [output, ...cell] = at;
  const { channels, outputs, groups } = layer;
  const lists = cell.map((each, axis) => reads(layer, axis, each));
  /** @type {Place[]} */
  const found = [];
  for (const channel of groupChannels(output, channels, outputs, groups)) {
    const head = sliceOf(layer, output, channel);
    for (const steps of combinations(lists)) {
      const cells = steps.map((step) => step[1]);
      found.push({
        position: [channel, ...steps.map((step) => step[0])],
        input: cells.every((cell) => cell !== null) ? [channel, ...cells] : null,
        weight: [...head, ...steps.map((step) => step[2])],
      });
    }
  }
  return found;
}

/** The terms of one output cell with their values, and its total.
 *  @type {(layer: Layer, at: Index) => Told} */
export function terms(layer, at) {
  const shapes = [inputShape(layer), weightShape(layer)];
  let sum = 0;
  const list = places(layer, at).map((each) => {
    const x = each.input === null ? 0 : layer.input[place(shapes[0], each.input)];
    const w = layer.weight[place(shapes[1], each.weight)];
    const padding = each.position.slice(1).some((q, axis) => q < 0 || q >= layer.axes[axis].size);
    sum += x * w;
    return { ...each, padding, x, w, product: x * w, sum };
  });
  const bias = layer.bias ? layer.bias[at[0]] : null;
  return { list, bias, total: bias === null ? sum : sum + bias };
}

/** One output channel, row by row; added up in the order of `terms`, so that floats are equal.
 *  @type {(layer: Layer, output: number) => number[]} */
export function channelOf(layer, output) {
  const { channels, outputs, groups } = layer;
  const inputs = groupChannels(output, channels, outputs, groups);
  const kernel = layer.axes.map((a) => a.kernel);
  const sizes = layer.axes.map((a) => a.size);
  // One axis is treated as two, the first of them one cell long: this loop is the hot one.
  const lists = outputSizes(layer).map((n, axis) => range(n).map((o) => reads(layer, axis, o)));
  if (lists.length === 1) {
    lists.unshift([[[0, 0, 0]]]);
    kernel.unshift(1);
    sizes.unshift(1);
  }
  const [area, taps] = [volume(sizes), volume(kernel)];
  const first = layer.transposed ? output % (outputs / groups) : output * inputs.length;
  const step = layer.transposed ? outputs / groups : 1;
  const result = [];
  for (const rows of lists[0]) {
    for (const columns of lists[1]) {
      let sum = 0;
      inputs.forEach((channel, slice) => {
        const from = channel * area;
        const slab = (first + (layer.transposed ? channel : slice) * step) * taps;
        for (const [, y, i] of rows) {
          for (const [, x, j] of columns) {
            const value = y === null || x === null ? 0 : layer.input[from + y * sizes[1] + x];
            sum += value * layer.weight[slab + i * kernel[1] + j];
          }
        }
      });
      result.push(layer.bias ? sum + layer.bias[output] : sum);
    }
  }
  return result;
}

/** Output cells along one axis with a step that is wanted.
 *  @type {(layer: Layer, axis: number, wanted: (step: Step) => boolean) => number[]} */
const readers = (layer, axis, wanted) =>
  range(outputSizes(layer)[axis]).filter((output) => reads(layer, axis, output).some(wanted));

/** All output cells that an input cell [channel, ...cell] feeds, also through its mirror images.
 *  @type {(layer: Layer, cell: Index) => Index[]} */
export function fedByInput(layer, [channel, ...cell]) {
  return combinations([
    seeing(layer, channel),
    ...cell.map((each, axis) => readers(layer, axis, (step) => step[1] === each)),
  ]);
}

/** All output cells that read one position [channel, ...position], such as one padding cell.
 *  @type {(layer: Layer, position: Index) => Index[]} */
export function fedByPosition(layer, [channel, ...where]) {
  return combinations([
    seeing(layer, channel),
    ...where.map((each, axis) => readers(layer, axis, (step) => step[0] === each)),
  ]);
}

/** All output cells that a number of the weight is used in.
 *  @type {(layer: Layer, weight: Index) => Index[]} */
export function fedByWeight(layer, [first, second, ...tap]) {
  const { channels, outputs, groups } = layer;
  const group = Math.floor(first / (channels / groups));
  const output = layer.transposed ? group * (outputs / groups) + second : first;
  return combinations([
    [output],
    ...tap.map((each, axis) => readers(layer, axis, (step) => step[2] === each)),
  ]);
}

/** Output channels that see an input channel.
 *  @type {(layer: Channels, channel: number) => number[]} */
export const seeing = ({ channels, outputs, groups }, channel) =>
  range(outputs).filter((o) => groupChannels(o, channels, outputs, groups).includes(channel));

/** Learnable numbers: those of the weight, and of the bias if there is one.
 *  @type {(layer: Layer) => number} */
export const parameters = (layer) => volume(weightShape(layer)) + (layer.bias?.length ?? 0);

/** Multiplications: every number of the weight is used once in every window.
 *  @type {(layer: Layer) => number} */
export function products(layer) {
  const windows = layer.transposed ? layer.axes.map((a) => a.size) : outputSizes(layer);
  return volume(weightShape(layer)) * volume(windows);
}
