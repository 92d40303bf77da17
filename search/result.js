// What the list shows: page, section, and the line that matches. Material puts it in as HTML.

/** @import { Engine, Doc } from "./engine.js" */

import { isHan, placed, units, words } from "./words.js";

/** @typedef {[start: number, end: number]} Span */

const WIDTH = 160; // characters of a line; Chinese ones are twice as wide
/** @type {(text: string) => string} */
const safe = (text) => text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);
/** @type {(line: string) => number} */
const wide = (line) => (isHan(line) ? WIDTH / 2 : WIDTH);

/** Where these words stand in the text: `[start, end]`, without overlaps.
 *  @type {(text: string, terms: Set<string>) => Span[]} */
const marks = (text, terms) => {
  /** @type {Span[]} */
  const spans = [];
  for (const { word, start, end } of placed(text)) {
    if (!terms.has(word)) continue;
    const last = spans.at(-1);
    if (last && start <= last[1]) last[1] = Math.max(last[1], end);
    else spans.push([start, end]);
  }
  return spans;
};

/** @type {(text: string, terms: Set<string>) => string} */
const marked = (text, terms) => {
  let html = "";
  let at = 0;
  for (const [start, end] of marks(text, terms)) {
    html += `${safe(text.slice(at, start))}<mark>${safe(text.slice(start, end))}</mark>`;
    at = end;
  }
  return html + safe(text.slice(at));
};

/** The lines of a document with their words, taken apart once: every key that is typed asks again.
 *  @type {(doc: Doc) => {line: string, has: Set<string>}[]} */
const linesOf = (doc) =>
  (doc.lines ??= doc.text.split("\n").map((line) => ({ line, has: new Set(words(line)) })));

/** The line that has most of the words, or the first, cut to what a reader sees at a glance.
 *  @type {(doc: Doc, terms: Set<string>) => string} */
const line = (doc, terms) => {
  const lines = linesOf(doc);
  let best = { share: 0, line: lines[0].line };
  for (const { line, has } of lines) {
    let share = 0;
    for (const word of terms) if (has.has(word)) share += Math.min(word.length, 6);
    if (share > best.share) best = { share, line };
  }
  const width = wide(best.line);
  if (best.line.length <= width) return best.line;
  // The stretch with most of it, from a word's beginning.
  const spans = marks(best.line, terms);
  let from = 0;
  let most = 0;
  for (const [start] of spans) {
    const covered = spans
      .filter(([a, b]) => a >= start && b <= start + width)
      .reduce((sum, [a, b]) => sum + b - a, 0);
    if (covered > most) [most, from] = [covered, start];
  }
  const lead = from + width / 2 > width ? Math.max(0, from - 20) : 0;
  const start = lead && !isHan(best.line[lead]) ? best.line.lastIndexOf(" ", lead) + 1 : lead;
  const cut = best.line.slice(start, start + width);
  return `${start ? "…" : ""}${cut}${start + width < best.line.length ? "…" : ""}`;
};

/** The words of the query that are found, as they were typed: the page found marks them.
 *  @type {(query: string, terms: Set<string>) => Record<string, true>} */
const typed = (query, terms) => {
  /** @type {Record<string, true>} */
  const found = {};
  for (const unit of units(query)) {
    if (!isHan(unit)) {
      if (unit.length > 1 && /\D/.test(unit) && terms.has(unit)) found[unit] = true;
      continue;
    }
    let run = "";
    for (const pair of words(unit))
      if (!terms.has(pair)) {
        if (run) found[run] = true;
        run = "";
      } else run = run ? run + pair.at(-1) : pair;
    if (run) found[run] = true;
  }
  return found;
};

/** Material's result for a section; `terms` are marked on its page.
 *  @typedef {{location: string, title: string, text: string, score: number,
 *    terms: Record<string, true>}} Item */

/** Material's list of results: per page the sections, the answer's with the highest score.
 *  @type {(engine: Engine, query: string) => {items: Item[][], suggest: string[]}} */
export const results = (engine, query) => {
  const found = engine.search(query);
  const items = found.map(({ page, sections, shown }, number) => {
    const score = found.length - number;
    const list = sections.map(({ id, terms }, place) => {
      const doc = engine.docs[id];
      return {
        location: doc.location,
        title: marked(doc.title, terms),
        text: marked(line(doc, terms), terms),
        score: place < Math.max(shown, 1) ? score : score / 2,
        terms: typed(query, terms),
      };
    });
    if (!list.some(({ location }) => location === page))
      list.push({
        location: page,
        title: safe(engine.titles.get(page) ?? ""),
        text: "",
        score: 0,
        terms: {},
      });
    return list;
  });
  const last = units(query).at(-1) ?? "";
  const longer = [...(found[0]?.sections[0]?.terms ?? [])].find(
    (term) => term.length > last.length && term.startsWith(last),
  );
  return { items, suggest: longer ? [longer] : [] };
};
