// Elements in one line: h("button", { class: "x", "aria-label": "y", onclick: f }, "text", child).

export function h(tag, given = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(given)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value != null) element.setAttribute(name, value);
  }
  element.append(...children.flat(Infinity));
  return element;
}

/** The choices of a select, made anew only if they have changed. */
export function options(select, pairs, chosen) {
  const key = pairs.join("|");
  if (select.key !== key) {
    select.key = key;
    select.replaceChildren(...pairs.map(([value, text]) => h("option", { value }, text)));
  }
  select.value = chosen;
}

/** Writes only what differs: an equal text costs no layout. */
export function put(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
