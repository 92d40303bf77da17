// All that is shown of a state, without a page: what the element draws and what the tests compare.

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

/** {refusal} of an illegal state; {layer, sizes, formulas, parameters, products} of a legal one. */
export function model(state) {
  const refused = refusal(state);
  if (refused) return { refusal: refused };
  const layer = layerOf(state);
  const sizes = outputSizes(layer);
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
