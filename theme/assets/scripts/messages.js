// The box of the pages on errors: what is pasted is looked up here, and goes nowhere. Its numbers are
// kept for this tab, so that the section that explains the message shows them too.
import { filled, find, read } from "./patterns.js";

/** @import { Row } from "./patterns.js" */

const KEPT = "convref-message";
const WAIT = 150; // ms after the last key
const zh = document.documentElement.lang.startsWith("zh");
const words = zh
  ? {
      more: "原因和改法",
      values: "你这条报错里的数",
      none: "没有认出来。试试：把以 Error 开头的最后一行也贴进来；报错如果不是英文原文，贴英文的；或者用页面顶上的搜索，搜其中几个词。报错若来自别的层，先看",
      around: "卷积层前后的报错",
    }
  : {
      more: "Causes and cures",
      values: "The numbers of your message",
      none: "Not recognised. Try to paste the last line, too, which begins with an Error; paste the message itself, untranslated; or search for a few of its words at the top of the page. If it came from another layer, see",
      around: "errors around the layer",
    };

/** What lies in the tab's own store, if there is one: it may be forbidden.
 *  @type {(text?: string) => string} */
const kept = (text) => {
  try {
    if (text !== undefined) sessionStorage.setItem(KEPT, text);
    return sessionStorage.getItem(KEPT) ?? "";
  } catch {
    return "";
  }
};

/** A paragraph; code stands between backticks.
 *  @type {(text: string) => HTMLParagraphElement} */
const paragraph = (text) => {
  const element = document.createElement("p");
  text.split("`").forEach((piece, at) => {
    if (at % 2)
      element.append(Object.assign(document.createElement("code"), { textContent: piece }));
    else element.append(piece);
  });
  return element;
};

/** @type {(address: string, text: string) => HTMLAnchorElement} */
const link = (address, text) =>
  Object.assign(document.createElement("a"), { href: address, textContent: text });

/** @type {(box: HTMLElement) => void} */
const open = (box) => {
  const field = /** @type {HTMLTextAreaElement} */ (box.querySelector("textarea"));
  const found = /** @type {HTMLElement} */ (box.querySelector(".found"));
  const { up = "", rows: address = "" } = box.dataset;
  /** @type {Promise<Row[]> | undefined} */
  let asked;
  // Half a page's weight: it comes when somebody turns to the box, and once.
  const known = () => {
    asked ??= fetch(address).then((answer) => answer.json());
    asked.catch(() => (asked = undefined)); // offline, say: the next key asks again
    return asked;
  };

  const look = async () => {
    const rows = await known();
    const text = field.value;
    if (!text.trim()) return found.replaceChildren();
    kept(text);
    const answers = find(text, rows).map(({ row, values }) => {
      const article = document.createElement("article");
      const heading = document.createElement("h3");
      heading.append(link(up + row.address, row.title));
      article.append(heading, ...filled(row, values).map(paragraph));
      if (!row.says.length && row.names.length) article.append(table(values));
      const more = document.createElement("p");
      more.append(link(up + row.address, words.more));
      article.append(more);
      return article;
    });
    if (answers.length) return found.replaceChildren(...answers);
    const none = paragraph(`${words.none} `);
    none.append(link(`${up}errors/around/`, words.around), zh ? "。" : ".");
    found.replaceChildren(none);
  };
  field.addEventListener("focus", () => known().catch(() => {}), { once: true });
  let timer = 0;
  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => look().catch(() => {}), WAIT);
  });
  if (field.value) look(); // what the browser has kept
};

/** @type {(values: Record<string, unknown>) => HTMLElement} */
const table = (values) => {
  const list = document.createElement("dl");
  list.setAttribute("aria-label", words.values);
  for (const [name, value] of Object.entries(values)) {
    const term = Object.assign(document.createElement("dt"), { textContent: name });
    const shown = Array.isArray(value) ? value.join(", ") : String(value);
    list.append(term, Object.assign(document.createElement("dd"), { textContent: shown }));
  }
  return list;
};

/** @type {NodeListOf<HTMLElement>} */
const boxes = document.querySelectorAll(".conv-messages");
for (const box of boxes) open(box);

const text = kept();
/** @type {NodeListOf<HTMLElement>} */
const all = document.querySelectorAll(".conv-message");
for (const element of text ? all : []) {
  const message = JSON.parse(element.dataset.message ?? "{}");
  const place = read(message, text);
  if (!place) continue;
  const note = paragraph(element.dataset.yours ?? "");
  note.className = "yours";
  element.replaceChildren(note, ...filled(message, place.values).map(paragraph));
}
