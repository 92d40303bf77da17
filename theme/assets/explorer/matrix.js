// A matrix as it is copied elsewhere: a spreadsheet's or a table's lines, lists of Python, and what
// NumPy and torch print.

import { volume } from "./geometry.js";
import { fitting, narrow } from "./numbers.js";

const BEFORE = /^[>\s\w.:=(]*$/; // x = torch.tensor(
const AFTER = /^[\s)>]*(?:,\s*\w+=[^[]*)?$/; // , dtype=torch.float64)
const NUMBER = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?$/i;
const WORDS = { true: 1, false: 0 };
const DEEPEST = 4;

/** {shape, values, rounded: how many} of a text; or {problem, part}: `number`, `ragged`, `deep`. */
export function matrix(text) {
  const plain = narrow(text).replace(/、/g, ",").trim();
  const found = bracketed(plain) ?? lines(plain);
  if (found.problem) return found;
  const values = [];
  let rounded = 0;
  for (const token of found.tokens) {
    const value = WORDS[token.toLowerCase()] ?? (NUMBER.test(token) ? Number(token) : NaN);
    const kept = fitting(value);
    if (kept === null) return { problem: "number", part: token };
    if (kept !== value) rounded += 1;
    values.push(kept);
  }
  return { shape: found.shape, values, rounded };
}

/** Nested lists or tuples, with or without commas; null if there are none. */
function bracketed(text) {
  const [open, close] = text.includes("[") ? "[]" : "()";
  const [start, end] = [text.indexOf(open), text.lastIndexOf(close)];
  if (start < 0 || end < start) return null;
  for (const [part, allowed] of [
    [text.slice(0, start), BEFORE],
    [text.slice(end + 1), AFTER],
  ]) {
    if (!allowed.test(part)) return { problem: "number", part: part.trim() };
  }
  const inner = text
    .slice(start, end + 1)
    .replaceAll(open, "[")
    .replaceAll(close, "]");
  const rows = inner.includes(";") ? `[${inner.replaceAll(";", "],[")}]` : inner; // MATLAB's
  const tokens = [];
  const shape = []; // of each depth, the length that its first list had
  const counts = [];
  let deepest = 0;
  let leaves = null; // how deep the numbers are
  for (const token of rows.match(/[[\]]|[^\s,[\]]+/g)) {
    if (token === "[") {
      if (counts.length) counts[counts.length - 1] += 1;
      else if (deepest) return { problem: "ragged" };
      if (counts.push(0) > DEEPEST) return { problem: "deep" };
      deepest = Math.max(deepest, counts.length);
    } else if (token === "]") {
      const depth = counts.length - 1;
      const count = counts.pop();
      shape[depth] ??= count;
      if (shape[depth] !== count) return { problem: "ragged" };
    } else {
      if (!counts.length) return { problem: "number", part: token };
      leaves ??= counts.length;
      if (counts.length !== leaves) return { problem: "ragged" };
      counts[counts.length - 1] += 1;
      tokens.push(token);
    }
  }
  if (counts.length || deepest !== leaves || volume(shape) !== tokens.length)
    return { problem: "ragged" };
  return { shape, tokens };
}

/** Lines of numbers between tabs, semicolons, commas or spaces, in this order of rank. */
function lines(text) {
  const mark = ["\t", ";", ","].find((each) => text.includes(each)) ?? /\s+/;
  const rows = text
    .split(/\r\n?|\n/)
    .filter((line) => line.trim())
    .map((line) => line.replace(/^ +|[,;]? *$/g, ""))
    .map((line) => line.split(mark).map((each) => each.trim()));
  if (rows.some((row) => row.length !== rows[0].length)) return { problem: "ragged" };
  const tokens = rows.flat().map((each) => (mark === "," ? each : each.replace(",", ".")));
  return { shape: [rows.length, rows[0]?.length ?? 0], tokens };
}
