// Elements in one line: h("button", { class: "x", "aria-label": "y", onclick: f }, "text", child).

/** Attributes, and listeners under the names that HTML has for them; what is false or null is not
 *  there.
 *  @typedef {Record<string, string | number | boolean | null | URL | (() => void)>} Given
 *  @typedef {string | Node | Child[]} Child */

/** @type {(children: Child[]) => (string | Node)[]} */
const flat = (children) => children.flatMap((each) => (Array.isArray(each) ? flat(each) : [each]));

/** @template {keyof HTMLElementTagNameMap} Tag
 *  @param {Tag} tag
 *  @param {Given} given
 *  @param {Child[]} children */
export function h(tag, given = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(given)) {
    if (typeof value === "function") element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null) element.setAttribute(name, String(value));
  }
  element.append(...flat(children));
  return element;
}

/** @type {WeakMap<HTMLSelectElement, string>} */
const choices = new WeakMap();

/** The choices of a select, made anew only if they have changed.
 *  @typedef {[value: string | number, text: string | number]} Choice
 *  @type {(select: HTMLSelectElement, pairs: Choice[], chosen: string | number) => void} */
export function options(select, pairs, chosen) {
  const key = pairs.join("|");
  if (choices.get(select) !== key) {
    choices.set(select, key);
    select.replaceChildren(...pairs.map(([value, text]) => h("option", { value }, String(text))));
  }
  select.value = String(chosen);
}

/** The one of these words that a select shows.
 *  @template {string} Word
 *  @param {HTMLSelectElement} select
 *  @param {Word[]} words */
export const chosen = (select, words) => words.find((each) => each === select.value);

/** Writes only what differs: an equal text costs no layout.
 *  @type {(element: Element, text: string) => void} */
export function put(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
