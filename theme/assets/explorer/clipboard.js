// Text into the clipboard, also where the newer way is missing: without a secure context, or in a
// frame that is not allowed to use it.

import { h } from "./dom.js";

/** Whether the text is in the clipboard now.
 *  @type {(text: string) => Promise<boolean>} */
export async function copied(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copiedFromField(text);
  }
}

/** @type {(text: string) => boolean} */
function copiedFromField(text) {
  const held = document.activeElement;
  const field = h("textarea", { class: "ce-copying", readonly: true, "aria-hidden": "true" });
  field.value = text;
  document.body.append(field);
  field.select();
  try {
    return document.execCommand("copy");
  } catch {
    return false;
  } finally {
    field.remove();
    if (held instanceof HTMLElement) held.focus({ preventScroll: true });
  }
}
