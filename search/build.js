// At build: MkDocs' index on stdin becomes the site's own on stdout, smaller and with messages.
import { readFileSync } from "node:fs";

/** MkDocs' sections, the rows that lead from a message to sections, and for sections other words.
 *  @typedef {{location: string, title: string, text: string}} Section
 *  @type {{docs: Section[], rows: [string, string[]][], synonyms: Record<string, string[]>}} */
const { docs, rows, synonyms } = JSON.parse(readFileSync(0, "utf8"));

/** @type {Record<string, string>} */
const ENTITIES = { "&lt;": "<", "&gt;": ">", "&quot;": '"', "&#39;": "'", "&amp;": "&" };
/** @type {(text: string) => string} */
const plain = (text) => text.replace(/&(?:lt|gt|quot|#39|amp);/g, (entity) => ENTITIES[entity]);
/** @type {(html: string) => string} */
const bare = (html) =>
  // Material parts Chinese words by \u200b where jieba happens to be installed.
  plain(
    html
      .replace(/\u200b/g, "")
      .replace(/<\/(?:p|pre|li|ul|ol)>\s*/g, "\n")
      .replace(/<[^>]*>/g, ""),
  )
    .replace(/[^\S\n]+/g, " ")
    .replace(/ ?\n[ \n]*/g, "\n")
    .trim();

const at = new Map(docs.map(({ location }, number) => [location, number]));
for (const place of [...rows.flatMap(([, places]) => places), ...Object.keys(synonyms)])
  if (!at.has(place)) throw new Error(`the search knows no section ${place}`);
const separator = "\\s+"; // between the words that Material marks on the page found
process.stdout.write(
  JSON.stringify({
    config: {
      separator,
      synonyms,
      rows: rows.map(([message, places]) => [message, places.map((place) => at.get(place))]),
    },
    docs: docs.map(({ location, title, text }) => ({
      location,
      title: bare(title),
      text: bare(text),
    })),
  }),
);
