// All that is shown of a state, without a page: what the element draws and what the tests compare.

/** @import { Refused } from "./checks.js"
 *  @import { Layer } from "./geometry.js"
 *  @import { State } from "./state.js" */

import { axesOf, layerOf, refusal } from "./checks.js";
import { LETTERS } from "./facts.js";
import {
  channelOf,
  outputSizes,
  parameters,
  products,
  writtenSize,
  writtenTransposedSize,
} from "./geometry.js";

/** @typedef {{refusal: Refused} | Legal} Model
 *  @typedef {{refusal: null, layer: Layer, sizes: number[], parameters: number, products: number,
 *    formulas: [axis: string, formula: string, size: number][],
 *    channel: (output: number) => number[]}} Legal */

/** @type {(state: State) => Model} */
export function model(state) {
  const refused = refusal(state);
  if (refused) return { refusal: refused };
  const layer = layerOf(state);
  const sizes = outputSizes(layer);
  /** @type {Legal["formulas"]} */
  const formulas = axesOf(state).map((axis, i) => {
    const text = layer.transposed ? writtenTransposedSize(axis, state.extra[i]) : writtenSize(axis);
    return [LETTERS[sizes.length][i], text, sizes[i]];
  });
  return {
    refusal: null,
    layer,
    sizes,
    formulas,
    parameters: parameters(layer),
    products: products(layer),
    channel: (output) => channelOf(layer, output),
  };
}
