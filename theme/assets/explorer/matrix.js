// A matrix as it is copied elsewhere: a spreadsheet's or a table's lines, lists of Python, and what
// NumPy and torch print.

import { volume } from "./geometry.js";
import { fitting, narrow } from "./numbers.js";

/** @typedef {{shape: number[], values: number[], rounded: number}} Matrix
 *  @typedef {{shape: number[], tokens: string[]}} Tokens
 *  @typedef {"number" | "ragged" | "deep"} Fault
 *  @typedef {{problem: Fault, part?: string}} Problem */

const BEFORE = /^[>\s\w.:=(]*$/; // x = torch.tensor(
const AFTER = /^[\s)>]*(?:,\s*\w+=[^[]*)?$/; // , dtype=torch.float64)
const NUMBER = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?$/i;
/** @type {Record<string, number>} */
const WORDS = { true: 1, false: 0 };
const DEEPEST = 4;

/** The matrix in a text, with how many of its numbers were rounded, or what is wrong with it.
 *  @type {(text: string) => Matrix | Problem} */
export function matrix(text) {
  const plain = narrow(text).replace(/、/g, ",").trim();
  const found = bracketed(plain) ?? lines(plain);
  if ("problem" in found) return found;
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

/** Nested lists or tuples, with or without commas; null if there are none.
 *  @type {(text: string) => Tokens | Problem | null} */
function bracketed(text) {
  const [open, close] = text.includes("[") ? "[]" : "()";
  const [start, end] = [text.indexOf(open), text.lastIndexOf(close)];
  if (start < 0 || end < start) return null;
  const [before, after] = [text.slice(0, start), text.slice(end + 1)];
  if (!BEFORE.test(before)) return { problem: "number", part: before.trim() };
  if (!AFTER.test(after)) return { problem: "number", part: after.trim() };
  const inner = text
    .slice(start, end + 1)
    .replaceAll(open, "[")
    .replaceAll(close, "]");
  const rows = inner.includes(";") ? `[${inner.replaceAll(";", "],[")}]` : inner; // MATLAB's
  /** @type {string[]} */
  const tokens = [];
  /** @type {number[]} */
  const shape = []; // of each depth, the length that its first list had
  /** @type {number[]} */
  const counts = [];
  let deepest = 0;
  let leaves = null; // how deep the numbers are
  for (const [token] of rows.matchAll(/[[\]]|[^\s,[\]]+/g)) {
    if (token === "[") {
      if (counts.length) counts[counts.length - 1] += 1;
      else if (deepest) return { problem: "ragged" };
      if (counts.push(0) > DEEPEST) return { problem: "deep" };
      deepest = Math.max(deepest, counts.length);
    } else if (token === "]") {
      const count = counts.pop();
      if (count === undefined) continue; // one too many, as behind a last row that was copied alone
      const depth = counts.length;
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

/** Lines of numbers between tabs, semicolons, commas or spaces, in this order of rank.
 *  @type {(text: string) => Tokens | Problem} */
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
