// Text into words, the same way for pages and for what is typed.

const WORD = /\d+\.\d+|[\p{Script=Han}]+|[\p{Letter}\p{Number}_]+/gu;
const HAN = /\p{Script=Han}/u;
const PARTS = /_+|(?<=\p{Ll})(?=\p{Lu}\p{Ll})/u; // in_channels, BatchNorm; MACs and FLOPs stay whole

/** @typedef {{text: string, at: number}} Run  a piece of text and where it begins
 *  @typedef {{word: string, start: number, end: number}} Placed */

// One character for one, so that places in the text stay: full width to ASCII, 3×3 as typed.
/** @type {(text: string) => string} */
const plain = (text) =>
  text.replace(/[\uff01-\uff5e×]/g, (c) =>
    c === "×" ? "x" : String.fromCharCode(c.charCodeAt(0) - 0xfee0),
  );

// Han and other letters side by side are words of their own: 3x3卷积, Conv2d层.
/** @type {(text: string) => Generator<Run>} */
const runs = function* (text) {
  for (const { 0: run, index } of plain(text).matchAll(WORD)) {
    let at = index;
    for (const piece of run.split(/(\p{Script=Han}+)/u)) {
      if (piece) yield { text: piece, at };
      at += piece.length;
    }
  }
};

/** Every word of `text` with its place: identifiers whole and by part, Chinese by pairs.
 *  @type {(text: string) => Generator<Placed>} */
export const placed = function* (text) {
  for (const { text: run, at } of runs(text)) {
    if (HAN.test(run)) {
      const length = Math.min(run.length, 2);
      for (let i = 0; i + length <= run.length; i++)
        yield { word: run.slice(i, i + length), start: at + i, end: at + i + length };
      continue;
    }
    yield { word: run.toLowerCase(), start: at, end: at + run.length };
    const parts = run.split(PARTS).filter(Boolean);
    if (parts.length < 2) continue;
    let from = 0;
    for (const part of parts) {
      from = run.indexOf(part, from);
      const start = at + from;
      yield { word: part.toLowerCase(), start, end: start + part.length };
      from += part.length;
    }
  }
};

/** @type {(text: string) => string[]} */
export const words = (text) => Array.from(placed(text), ({ word }) => word);

/** What is typed, in units that are looked for as a whole: a Latin word, or a run of Han.
 *  @type {(text: string) => string[]} */
export const units = (text) => Array.from(runs(text), ({ text: run }) => run.toLowerCase());

/** @type {(word: string) => boolean} */
export const isHan = (word) => HAN.test(word);
