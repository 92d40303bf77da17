// One output cell by hand, in the words of convref.explain: the sum, and the table of its terms.

/** @import { Index, Layer, Term, Told } from "./geometry.js" */

import { HEAD, WIDTH } from "./facts.js";
import { terms } from "./geometry.js";
import { areFloats, factor, tuple, written } from "./numbers.js";

/** @typedef {{sum: string, table: string, total: number}} Explained  what str(explain(...)) and
 *    explain(...).table() give */

/** @type {(layer: Layer, at: Index) => Explained} */
export function explain(layer, at) {
  const told = terms(layer, at);
  const floats = areFloats(layer);
  return { sum: sum(told, floats), table: table(told, floats), total: told.total };
}

/** @type {(told: Told, floats: boolean) => string} */
function sum({ list, bias, total }, floats) {
  const texts = list.map((term) => {
    const x = term.padding ? `[${written(term.x, floats)}]` : factor(term.x, floats);
    return `${x}·${factor(term.w, floats)}`;
  });
  const rows = rowsOf(list, texts).map((row) => row.join(" + "));
  if (bias !== null) rows.push(factor(bias, floats));
  if (rows.length === 0) rows.push("0");
  const result = `= ${written(total, floats)}`;
  const line = `${rows.join(" + ")} ${result}`;
  if (line.length <= WIDTH || rows.length === 1) return line;
  return [`  ${rows[0]}`, ...rows.slice(1).map((row) => `+ ${row}`), result].join("\n");
}

/** The terms of one row of the kernel together; of a kernel one tap wide, eight together.
 *  @type {(list: Term[], texts: string[]) => string[][]} */
function rowsOf(list, texts) {
  /** @type {string[][]} */
  const rows = [];
  let last = "";
  list.forEach((term, at) => {
    const row = term.position.slice(0, -1).join();
    if (row !== last) rows.push([]);
    rows.at(-1)?.push(texts[at]);
    last = row;
  });
  if (rows.length !== texts.length) return rows;
  return texts.flatMap((_, at) => (at % 8 ? [] : [texts.slice(at, at + 8)]));
}

/** @type {(told: Told, floats: boolean) => string} */
function table({ list, bias, total }, floats) {
  const rows = list.map((term) => [
    tuple(term.position),
    term.input === null ? "-" : tuple([0, ...term.input]),
    tuple(term.weight),
    term.padding ? `[${written(term.x, floats)}]` : written(term.x, floats),
    ...[term.w, term.product, term.sum].map((value) => written(value, floats)),
  ]);
  if (bias !== null) {
    rows.push(["bias", "", "", "", "", written(bias, floats), written(total, floats)]);
  }
  const widths = HEAD.map((head, column) =>
    Math.max(head.length, ...rows.map((row) => row[column].length)),
  );
  /** @type {(row: string[]) => string} */
  const line = (row) =>
    row.map((cell, i) => (i < 3 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join("  ");
  return [HEAD, ...rows].map((row) => line(row).trimEnd()).join("\n");
}
