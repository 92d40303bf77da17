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

export function options(select, pairs, chosen) {
  select.replaceChildren(
    ...pairs.map(([value, text]) => {
      const option = h("option", { value }, text);
      option.selected = String(value) === String(chosen);
      return option;
    }),
  );
}

/** Writes only what differs: an equal text costs no layout. */
export function put(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
