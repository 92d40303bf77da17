// Messages as patterns: which page explains the one that somebody pastes, whatever its numbers are.

// `…` and {name} on a page stand for anything; # stands for a number or a list of numbers.
const ANY = "…";
const TYPE = /^.*?[\w.]*(?:Error|Exception|Warning):\s*/is;
const LAST_TYPE = /^.*\b[\w.]*(?:Error|Exception|Warning):\s*/is;
// The last two stand in a product of sizes, 64x784.
const NUMBER = /(?<![\w.])[-−+]?\d+(?:\.\d+)?(?:e[-+]?\d+)?(?!\w)|\b\d+(?=x\d)|(?<=\dx)\d+\b/gi;
const LIST = /[[(]\s*#(?:\s*,\s*#)*\s*,?\s*(?:[\])]|$)|#(?:\s*,\s*#)+\s*,?/g;
const LOOSE = /[^\p{Letter}#…]/gu;

/** The message without type, numbers and spaces, in lower case.
 *  @type {(message: string) => string} */
export const key = (message) => {
  let text = message
    .replace(TYPE, "")
    .replace(/\{\w+\}|[[(]…[\])]/g, ANY)
    .replace(/[‘’]/g, "'")
    .replace(NUMBER, "#");
  let before = "";
  while (before !== text) {
    before = text;
    text = before.replace(LIST, "#");
  }
  return text.replace(/\s+/g, "").toLowerCase();
};

/** How many numbers each list of the message holds: 4,4 for two shapes of images.
 *  @type {(message: string) => string} */
export const lengths = (message) =>
  Array.from(
    message.matchAll(/[[(]\s*[-\d.]+(?:\s*,\s*[-\d.]+)*\s*,?\s*[\])]/g),
    ([list]) => list.split(/,\s*(?=[-\d.])/).length,
  ).join();

/** @type {(text: string) => number} */
const letters = (text) => text.replace(/[#…]/g, "").length;

/** How many characters of the longest beginning of `piece` stand at the end of `text`.
 *  @type {(text: string, piece: string) => number} */
const tail = (text, piece) => {
  for (let n = Math.min(text.length, piece.length); n; n--)
    if (text.endsWith(piece.slice(0, n))) return n;
  return 0;
};

/** How a message fits: letters found, letters passed over, whether all of it was found, and how many
 *  letters follow it.
 *  @typedef {{found: number, passed: number, whole: boolean, rest?: number}} Fit */

/** Letters of `pattern` found in order in `text`, which may be cut; 0 if it does not fit.
 *  @type {(text: string, pattern: string) => Fit} */
const fit = (text, pattern) => {
  const pieces = pattern.split(ANY);
  let at = 0;
  let found = 0;
  let passed = 0; // what a placeholder swallowed
  for (const [number, piece] of pieces.entries()) {
    const place = number ? text.indexOf(piece, at) : text.startsWith(piece) ? 0 : -1;
    if (place < 0) {
      const rest = text.slice(at);
      const cut = number || piece.startsWith(rest) ? tail(rest, piece) : 0;
      if (!number && !cut) return { found: 0, passed: 0, whole: false };
      return {
        found: found + letters(piece.slice(0, cut)),
        passed: passed + rest.length - cut,
        whole: false,
      };
    }
    found += letters(piece);
    passed += place - at;
    at = place + piece.length;
  }
  // What follows is not the message's: another line of it, or of the traceback.
  return { found, passed, whole: true, rest: text.length - at };
};

const ENOUGH = 14; // letters: fewer are words, not a message
const WHOLE = 8; // unless it is all of one

/** A message and the documents that have it: [document, lengths of lists or null, rank].
 *  @typedef {{key: string, places: [number, string | null, number][]}} Entry */

/** Entries that fit what was pasted, best first.
 *  @type {(text: string, entries: Entry[]) => (Fit & {entry: Entry})[]} */
const fitting = (text, entries) => {
  const found = [];
  for (const entry of entries) {
    const score = fit(text, entry.key);
    if (score.found < (score.whole && !score.rest ? WHOLE : ENOUGH)) continue;
    if (score.found < score.passed) continue;
    found.push({ entry, ...score });
  }
  return found;
};

// The line with which Python ends when something is raised, and the way a page has it in the text.
// What an assertion of the page's own says is no message that somebody meets.
const RAISED = /^(?!AssertionError)[\w.]*(?:Error|Exception|Warning): .*\S.* .*$/;
// What was caught has no type: the sentences that follow the code that prints it.
const PRINTS = /\bprint\(error\)$/;
const SENTENCE = /(?:\b[a-z_]+ ){3}[a-z]/i;
const HOME = 0,
  LESSON = 1,
  OTHER = 2; // whose word counts first

export class Messages {
  /** @param {{location: string, text: string}[]} docs
   *  @param {[string, number[]][]} rows `[message, documents]` of each row of a table of messages */
  constructor(docs, rows) {
    /** @type {Map<string, Entry>} */
    const known = new Map();
    /** @type {(message: string, document: number, list: string | null, rank: number) => void} */
    const add = (message, document, list, rank) => {
      const name = key(message);
      const entry = known.get(name) ?? { key: name, places: [] };
      known.set(name, entry);
      entry.places.push([document, list, rank]);
    };
    for (const [message, documents] of rows)
      for (const document of documents) add(message, document, null, HOME);
    docs.forEach(({ location, text }, document) => {
      const rank = location.startsWith("errors/")
        ? HOME
        : location.startsWith("learn/")
          ? LESSON
          : OTHER;
      let printed = false;
      for (const line of text.split("\n"))
        if (RAISED.test(line) || (printed && SENTENCE.test(line)))
          add(line, document, lengths(line), rank);
        else printed = PRINTS.test(line);
    });
    this.entries = [...known.values()];
    this.loose = this.entries.map((entry) => ({ ...entry, key: entry.key.replace(LOOSE, "") }));
  }

  /** Numbers of the documents that explain the message, best first.
   *  @type {(pasted: string) => number[]} */
  find(pasted) {
    if (!/\S\s+\S/.test(pasted)) return []; // a name
    const message = pasted.replace(LAST_TYPE, "");
    const text = key(message);
    let found = fitting(text, this.entries);
    if (!found.length) found = fitting(text.replace(LOOSE, ""), this.loose);
    if (!found.length) {
      const inside = this.entries.filter(
        (e) => letters(e.key) >= 2 * ENOUGH && !e.key.includes(ANY),
      );
      found = inside
        .filter((entry) => text.includes(entry.key))
        .map((entry) => ({ entry, found: letters(entry.key), passed: 0, whole: true }));
    }
    if (!found.length) return [];
    const best = Math.max(...found.map((each) => each.found));
    const sizes = lengths(message);
    const places = found
      .filter((each) => each.found >= 0.8 * best)
      .flatMap(({ entry, found: letters, passed, whole }) =>
        entry.places.map(([document, list, rank]) => ({
          document,
          order: [-letters, whole ? 0 : 1, list?.startsWith(sizes) ? 0 : 1, rank, passed],
        })),
      )
      .sort((a, b) => {
        const at = a.order.findIndex((value, i) => value !== b.order[i]);
        return at < 0 ? 0 : a.order[at] - b.order[at];
      });
    return [...new Set(places.map(({ document }) => document))];
  }
}
