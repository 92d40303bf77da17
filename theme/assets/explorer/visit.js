// What an explorer in a page keeps for the visit, as long as the browser lets it.

/** @type {(explorer: Element) => string} */
const keyOf = (explorer) => {
  const all = [...document.querySelectorAll("conv-explorer")];
  return `explorer ${location.pathname} ${all.indexOf(explorer)}`;
};

/** The text kept for an explorer; one kept for an earlier edition of its page is of no use.
 *  @type {(explorer: Element) => string | null} */
export function recall(explorer) {
  try {
    const [start, query] = JSON.parse(sessionStorage.getItem(keyOf(explorer)) ?? "[]");
    return start === explorer.getAttribute("state") ? query : null;
  } catch {
    return null; // nothing kept, or the store is denied
  }
}

/** @type {(explorer: Element, query: string) => void} */
export function keep(explorer, query) {
  try {
    const text = JSON.stringify([explorer.getAttribute("state"), query]);
    sessionStorage.setItem(keyOf(explorer), text);
  } catch {
    // Denied or full: then nothing is kept.
  }
}
