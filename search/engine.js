// Which sections answer what was typed: messages first, then words.

/** @import { SearchOptions } from "minisearch" */

import MiniSearch from "minisearch";
import { Messages } from "./messages.js";
import { isHan, units, words } from "./words.js";

/** A section of the index, with its page and, once they were needed, its lines and their words.
 *  @typedef {{location: string, title: string, text: string, page: string,
 *    lines?: {line: string, has: Set<string>}[]}} Doc */

/** What build.js writes.
 *  @typedef {{separator: string, synonyms: Record<string, string[]>,
 *    rows: [message: string, documents: number[]][]}} Config
 *  @typedef {{config: Config, docs: Omit<Doc, "page">[]}} Index */

/** What is looked for: `ways` are lists of words that must all be there, `names` all that mean the
 *  same; `open` says that its last word may go on.
 *  @typedef {{name: string, names: Set<string>, ways: string[][], open?: boolean}} Thing */

/** What was found of a document, and the words by which it was found.
 *  @typedef {{score: number, terms: Set<string>}} Found
 *  @typedef {{id: number, terms: Set<string>}} Section
 *  @typedef {Section & {score: number, share: number, has: Set<number>}} Scored
 *  @typedef {{page: string, sections: Section[], shown: number}} Answer */

const BOOST = { title: 2, names: 4, page: 3, text: 1 };
const RANKS = ["learn/", "reference/glossary/", "reference/api/", ""]; // who says it first
const SYNONYM = 0.6; // a word of the same meaning counts less than the one that was typed
const LESSON = 1.6; // most people want to understand; who looks up an entry types its name
const ABOUT = 2; // a lesson on the very thing
const ERROR = 0.8; // who has a message pastes it; its page is full of words for everything else
const DEPTH = [1, 0.5, 0.3]; // what a page's best sections add to its score
const PAGES = 10;
// Words of questions, which lead nowhere.
const IDLE = new Set(
  "a an and are as at be by can do does for from how i in is it my of on or that the this to what when where which why with".split(
    " ",
  ),
);
const ASKING = /怎么样|怎么|怎样|怎麼|为什么|是什么|什么|为何|如何|多少|[吗呢的了]/g;
/** @type {(word: string) => boolean} */
const isNumber = (word) => /^[\d.]+$/.test(word);

/** @type {(title: string) => string} */
const topic = (title) => title.split(/[:：]/)[0];

/** What the query holds, without the words that only ask.
 *  @type {(query: string) => string[]} */
const typed = (query) => {
  const all = units(query);
  const asked = units(query.replace(ASKING, " ")).filter((word) => !IDLE.has(word));
  const list = asked.length ? asked : all;
  if (list.length < 4) return list;
  const spoken = list.filter((word) => !isNumber(word));
  return spoken.length > 2 ? spoken : list;
};

/** What a map has at a key, where `fresh` stands if there was nothing.
 *  @type {<K, V>(map: Map<K, V>, key: K, fresh: V) => V} */
const entryOf = (map, key, fresh) => {
  const entry = map.get(key) ?? fresh;
  map.set(key, entry);
  return entry;
};

export class Engine {
  /** @param {Index} index */
  constructor({ config, docs: sections }) {
    /** @type {Doc[]} */
    const docs = sections.map((each) => ({ ...each, page: each.location.split("#")[0] }));
    this.docs = docs;
    /** @type {Map<string, Map<number, Found>>} */
    this.asked = new Map();
    this.messages = new Messages(docs, config.rows);
    /** @type {Map<string, string>} */
    this.titles = new Map(); // page -> its own title: its first document's
    /** @type {Map<string, string>} */
    this.topics = new Map(); // page -> what it is about: Padding, of "Padding: rings around the input"
    for (const doc of docs) {
      if (this.titles.has(doc.page)) continue;
      this.titles.set(doc.page, doc.title);
      this.topics.set(doc.page, units(topic(doc.title)).join(" "));
    }
    /** @type {Map<string, Set<string>>} */
    this.same = new Map(); // name -> all names of the same thing
    for (const group of Object.values(config.synonyms)) {
      const names = group.map((word) => units(word).join(" "));
      for (const name of names)
        this.same.set(name, new Set([...(this.same.get(name) ?? []), ...names]));
    }
    this.longest = [...this.same].sort(([a], [b]) => b.length - a.length);
    // What a section is called, by itself or by a synonym: it is found by that name.
    /** @type {Map<string, number[]>} */
    this.named = new Map();
    /** @type {(name: string, id: number) => void} */
    const call = (name, id) => {
      const said = units(name).join(" ");
      this.named.set(said, [...(this.named.get(said) ?? []), id]);
    };
    docs.forEach(({ title, location }, id) => {
      call(title, id);
      if (topic(title) !== title) call(topic(title), id);
      for (const word of config.synonyms[location] ?? []) call(word, id);
    });
    this.index = new MiniSearch({
      fields: Object.keys(BOOST),
      tokenize: words,
      processTerm: (word) => word,
    });
    this.index.addAll(
      docs.map(({ title, text, page, location }, id) => ({
        id,
        title,
        text,
        page: this.titles.get(page),
        names: (config.synonyms[location] ?? []).join(", "),
      })),
    );
  }

  /** What is looked for.
   *  @type {(list: string[]) => Thing[]} */
  things(list) {
    let text = ` ${list.join(" ")} `;
    /** @type {Thing[]} */
    const chosen = [];
    // The longest name wins: 转置卷积 is no 卷积 beside it.
    for (const [name, names] of this.longest) {
      const typed = isHan(name) ? name : ` ${name} `;
      if (!text.includes(typed)) continue;
      chosen.push({ name, names, ways: [name, ...names].map(words) });
      text = text.replace(typed, " ");
    }
    for (const unit of text.split(" ").filter(Boolean)) {
      // in_channels is about channels too.
      const names = new Set(words(unit).flatMap((word) => [word, ...(this.same.get(word) ?? [])]));
      for (const word of isHan(unit) ? words(unit) : [unit])
        chosen.push({ name: word, names, ways: [[word]], open: unit === list.at(-1) });
    }
    return chosen;
  }

  /** The documents that have a thing, by their ids.
   *  @type {(thing: Thing) => Map<number, Found>} */
  having({ name, ways, open }) {
    const asked = `${name} ${open}`;
    const before = this.asked.get(asked); // of the last key, perhaps
    if (before) return before;
    let found = this.looked(ways, open, false);
    if (!found.size) found = this.looked(ways, open, (word) => /^[a-z_]{5,}$/.test(word) && 0.2);
    if (this.asked.size > 500) this.asked.clear();
    this.asked.set(asked, found);
    return found;
  }

  /** @type {(ways: string[][], open: Thing["open"], fuzzy: SearchOptions["fuzzy"]) =>
   *    Map<number, Found>} */
  looked(ways, open, fuzzy) {
    /** @type {Map<number, Found>} */
    const found = new Map();
    for (const [number, way] of ways.entries()) {
      const results = this.index.search(way.join(" "), {
        tokenize: () => way,
        boost: BOOST,
        combineWith: "AND",
        prefix: (word) => open || (isHan(word) && word.length === 1),
        fuzzy,
      });
      for (const { id, score, terms } of results) {
        const entry = entryOf(found, id, { score: 0, terms: new Set() });
        entry.score = Math.max(entry.score, score * (number ? SYNONYM : 1));
        for (const term of terms) entry.terms.add(term);
      }
    }
    return found;
  }

  /** Pages with their sections, best first.
   *  @type {(list: string[]) => {page: string, score: number, sections: Section[]}[]} */
  pages(list) {
    const things = this.things(list)
      .map((thing) => ({ ...thing, found: this.having(thing) }))
      .filter(({ found }) => found.size)
      .map((thing) => ({ ...thing, weight: Math.log(1 + this.docs.length / thing.found.size) }));
    const all = things.reduce((sum, { weight }) => sum + weight, 0);
    /** @type {Map<number, Scored>} */
    const sections = new Map();
    for (const [number, { found, weight }] of things.entries())
      for (const [id, { score, terms }] of found) {
        const section = entryOf(sections, id, {
          id,
          score: 0,
          share: 0,
          has: new Set(),
          terms: new Set(),
        });
        section.score += score;
        section.share += weight / all;
        section.has.add(number);
        for (const term of terms) section.terms.add(term);
      }
    /** @type {Map<string, Scored[]>} */
    const pages = new Map();
    for (const section of sections.values()) {
      const { page } = this.docs[section.id];
      entryOf(pages, page, []).push(section);
    }
    return Array.from(pages, ([page, sections]) => {
      for (const section of sections) section.score *= section.share;
      sections.sort((a, b) => b.score - a.score);
      /** @type {(from: number, to: number) => Set<number>} */
      const has = (from, to) => new Set(sections.slice(from, to).flatMap(({ has }) => [...has]));
      const near = has(0, 6);
      const far = has(6, 9);
      const share = things.reduce(
        (sum, { weight }, i) => sum + (weight / all) * (near.has(i) ? 1 : far.has(i) ? 0.3 : 0),
        0,
      );
      const best = DEPTH.reduce((sum, part, i) => sum + part * (sections[i]?.score ?? 0), 0);
      const about = things
        .filter(({ names }) => names.has(this.topics.get(page) ?? ""))
        .reduce((sum, { weight }) => sum + weight / all, 0);
      let kind = page.startsWith("errors/") ? ERROR : 1;
      if (page.startsWith("learn/")) kind = LESSON * (1 + ABOUT * about);
      return { page, sections, score: best * share * kind };
    }).sort((a, b) => b.score - a.score);
  }

  /** Pages, best first; the first `shown` of their sections are the answer.
   *  @type {(query: string) => Answer[]} */
  search(query) {
    const list = typed(query);
    if (!list.length) return [];
    /** @type {Map<string, Answer>} */
    const answers = new Map();
    /** @type {(page: string) => Answer} */
    const answer = (page) => entryOf(answers, page, { page, sections: [], shown: 0 });
    /** @type {(id: number) => void} */
    const open = (id) => {
      const entry = answer(this.docs[id].page);
      entry.sections.push({ id, terms: new Set() });
      entry.shown++;
    };
    this.messages.find(query).slice(0, 8).forEach(open);
    const pages = this.pages(list);
    if (!answers.size) {
      // What is called exactly so comes first: its lesson, its entry in the glossary.
      const named = this.named.get(units(query).join(" ")) ?? [];
      /** @type {(id: number) => number} */
      const rank = (id) => RANKS.findIndex((folder) => this.docs[id].location.startsWith(folder));
      [...named]
        .sort((a, b) => rank(a) - rank(b))
        .slice(0, 3)
        .forEach(open);
    }
    for (const { page, sections } of pages.slice(0, PAGES)) {
      const entry = answer(page);
      const known = new Map(entry.sections.map((section) => [section.id, section]));
      for (const section of sections.slice(0, 12)) {
        const same = known.get(section.id);
        if (same) same.terms = section.terms;
        else entry.sections.push(section);
      }
    }
    return [...answers.values()];
  }
}
