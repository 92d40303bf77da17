// Which messages stand in a text that somebody pasted, and what they say with its numbers. The
// patterns, the sentences and their expressions are data from website/messages.py.

/** An operation and its operands, or a constant, or a name.
 *  @typedef {any[]} Tree
 *  @typedef {string | number | number[]} Value
 *  @typedef {{parts: string[], names: string[], letters: number, says: (Tree | string | null)[][]}} Message
 *  @typedef {Message & {title: string, address: string}} Row
 *  @typedef {{row: Row, values: Record<string, Value>, start: number, end: number}} Found */

const NUMBER = /-?\d+/g;
const NONE = Symbol("no value"); // for want of an axis, say
const MOST = 3; // messages shown for one text
const LONGEST = 200_000; // characters looked at, from the end, where the error stands

/** What stands in the place of a name.
 *  @type {(name: string, text: string) => Value} */
const value = (name, text) => {
  if (name.startsWith("*")) return (text.match(NUMBER) ?? []).map(Number);
  const plain = text.split(/\s+/).filter(Boolean).join(" ");
  return /^-?\d{1,15}$/.test(plain) ? Number(plain) : plain;
};

/** @type {(given: unknown) => any[]} */
const list = (given) => {
  if (!Array.isArray(given)) throw NONE;
  return given;
};

/** @type {(place: any[], at: unknown) => any} */
const cell = (place, at) => {
  const found = place.at(Number(at));
  if (found === undefined) throw NONE;
  return found;
};

/** @type {(given: any[], wanted: unknown) => number} */
const axis = (given, wanted) => {
  const at = given.indexOf(wanted);
  if (at < 0) throw NONE;
  return at;
};

/** @type {(given: unknown) => number} */
const number = (given) => {
  if (typeof given !== "number") throw NONE;
  return given;
};

/** @type {(given: number) => number} */
const divisor = (given) => {
  if (!given) throw NONE;
  return given;
};

/** @type {Record<string, (a: any, b: any) => unknown>} */
const OPERATIONS = {
  in: (a, b) => list(b).includes(a),
  "not in": (a, b) => !list(b).includes(a),
  "==": (a, b) => String(a) === String(b) && typeof a === typeof b,
  "!=": (a, b) => String(a) !== String(b) || typeof a !== typeof b,
  len: (a) => list(a).length,
  product: (a) => list(a).reduce((product, each) => product * each, 1),
  axis: (a, b) => axis(list(b), a),
  at: (a, b) => cell(list(a), b),
  from: (a, b) => list(a).slice(b),
  "+": (a, b) => number(a) + number(b),
  "-": (a, b) => number(a) - number(b),
  "*": (a, b) => number(a) * number(b),
  "//": (a, b) => Math.floor(number(a) / divisor(number(b))),
  "%": (a, b) => number(a) - Math.floor(number(a) / divisor(number(b))) * b,
  "<": (a, b) => number(a) < number(b),
  "<=": (a, b) => number(a) <= number(b),
  ">": (a, b) => number(a) > number(b),
  ">=": (a, b) => number(a) >= number(b),
};

/** The value of a tree.
 *  @type {(tree: Tree, values: Record<string, Value>) => any} */
const evaluate = ([kind, ...rest], values) => {
  if (kind === "value") return rest[0];
  if (kind === "name") {
    if (!(rest[0] in values)) throw NONE;
    return values[rest[0]];
  }
  if (kind === "and") return rest.every((each) => evaluate(each, values));
  if (kind === "or") return rest.some((each) => evaluate(each, values));
  return OPERATIONS[kind](
    evaluate(rest[0], values),
    rest.length > 1 ? evaluate(rest[1], values) : undefined,
  );
};

/** @type {(value: unknown) => string} */
const shown = (value) => (Array.isArray(value) ? value.join(", ") : String(value));

/** What a message says with these numbers; a sentence that does not hold is left out.
 *  @type {(message: Message, values: Record<string, Value>) => string[]} */
export const filled = (message, values) =>
  message.says.flatMap(([when, ...pieces]) => {
    try {
      if (Array.isArray(when) && !evaluate(when, values)) return [];
      const texts = pieces.map((each) =>
        typeof each === "string" ? each : shown(evaluate(/** @type {Tree} */ (each), values)),
      );
      return [texts.join("")];
    } catch (error) {
      if (error === NONE) return [];
      throw error;
    }
  });

/** @type {Record<string, string>} */
const QUOTES = { "'": "['‘’]", '"': '["“”]' };

/** A text between any two letters of which a line may end.
 *  @type {(text: string) => string} */
const loose = (text) => {
  const signs = [...text.replace(/\s/g, "")].map(
    (each) => QUOTES[each] ?? each.replace(/[\\^$.|?*+()[\]{}/-]/, "\\$&"),
  );
  if (!signs.length) return text && "\\s+";
  const [start, end] = [text[0], text[text.length - 1]].map((edge) =>
    edge.trim() ? "\\s*" : "\\s+",
  );
  return start + signs.join("\\s*") + end;
};

/** @type {(parts: string[]) => RegExp} */
const pattern = (parts) =>
  new RegExp(parts.map((part, at) => (at % 2 ? part : loose(part))).join(""), "g");

/** The last place at which a text has a message, if it has it.
 *  @type {<M extends Message>(message: M, text: string) =>
 *    {values: Record<string, Value>, start: number, end: number} | undefined} */
export const read = (message, text) => {
  const match = [...text.matchAll(pattern(message.parts))].pop();
  if (!match) return undefined;
  const values = Object.fromEntries(
    message.names.map((name, at) => [name.replace("*", ""), value(name, match[at + 1])]),
  );
  return { values, start: match.index, end: match.index + match[0].length };
};

// What stands before the lines of a mail, of a chat or of Python's own frames.
const MARGIN = /^[ \t]*(?:[>|│┃❱╭╰]+[ \t]?)+/gm;

/** The messages in a text: the longest first, and none that another one contains.
 *  @type {(text: string, rows: Row[]) => Found[]} */
export const find = (text, rows) => {
  const end = text.slice(-LONGEST);
  // A margin may also be a sign of the message's, where a terminal has broken its line.
  const [plain, bare] = [end, end.replace(MARGIN, "")].map((each) => looked(each, rows));
  return (bare[0]?.row.letters ?? 0) > (plain[0]?.row.letters ?? 0) ? bare : plain;
};

/** @type {(text: string, rows: Row[]) => Found[]} */
const looked = (text, rows) => {
  /** @type {Found[]} */
  const all = [];
  for (const row of rows) {
    const place = read(row, text);
    if (place) all.push({ row, ...place });
  }
  all.sort((a, b) => b.row.letters - a.row.letters);
  const kept = all.filter(
    (one, at) => !all.slice(0, at).some((other) => other.start < one.end && one.start < other.end),
  );
  return kept.slice(0, MOST);
};
