// The protocol of Material's search worker, answered by this site's own engine.
import { Engine } from "./engine.js";
import { results } from "./result.js";

const SETUP = 0,
  READY = 1,
  QUERY = 2,
  RESULT = 3;
/** @type {Engine} */
let engine;

addEventListener("message", ({ data: { type, data } }) => {
  if (type === SETUP) {
    engine = new Engine(data);
    postMessage({ type: READY });
  } else if (type === QUERY) postMessage({ type: RESULT, data: results(engine, data) });
});
