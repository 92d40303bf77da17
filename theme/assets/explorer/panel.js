// The parameters of an explorer as fields. With `apart` every axis and every side has its own.

import { h, options, put } from "./dom.js";
import { LETTERS, LIMITS, MODES } from "./facts.js";
import { range } from "./geometry.js";

export function panel(explorer) {
  const { words } = explorer;
  let apart = false;
  let shape = "";
  const fields = []; // each {input, read(state)}: what stands in the field
  let count = 0;

  /** A number that `write(state, value)` turns into changes of the state, once it is entered. What
   *  cannot be taken stays in the field, which says why. */
  function number(key, label, name, read, write) {
    const [min, max] = LIMITS[key];
    const input = h("input", {
      type: "number",
      min,
      max,
      step: 1,
      inputmode: "numeric",
      "aria-label": name,
    });
    const problem = h("span", { class: "ce-problem", id: `${explorer.id}-field-${++count}` });
    const entry = { key, input, problem, read, waiting: null };
    fields.push(entry);
    const restore = () => {
      entry.waiting = null;
      show(explorer.state);
    };
    const take = () => {
      const value = Number(input.value);
      const now = read(explorer.state);
      const rule =
        input.validity.badInput || !Number.isInteger(value)
          ? words.wrong.whole(min, max)
          : value > max
            ? words.wrong.most(max)
            : value < min && words.wrong.least(min);
      if (input.value === "" && !input.validity.badInput) restore();
      else if (rule) {
        entry.waiting = String(now);
        const wrong = words.wrong.still(rule, now);
        explorer.refuse(input, problem, wrong);
      } else if (value === now) restore();
      else {
        entry.waiting = null;
        explorer.update(write(explorer.state, value));
      }
    };
    input.addEventListener("input", (event) => {
      if (!event.inputType) take(); // arrows and spin buttons; typing has its type
    });
    input.addEventListener("change", take);
    input.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      input.value = ""; // also what is no number, and is not seen in `value`
      restore();
    });
    return [
      h("label", {}, ...(label ? [h("span", { "aria-hidden": "true" }, label)] : []), input),
      problem,
    ];
  }

  const field = (name, ...content) => h("fieldset", {}, h("legend", {}, name), content);

  function perAxis(key, name, letters) {
    const axes = apart ? letters.map((_, axis) => axis) : [0];
    const inputs = axes.map((axis) =>
      number(
        key,
        apart && letters.length > 1 ? letters[axis] : "",
        axes.length > 1 ? `${name} ${letters[axis]}` : name,
        (state) => state[key][axis],
        (state, value) => ({
          [key]: state[key].map((old, i) => (i === axis || !apart ? value : old)),
        }),
      ),
    );
    return field(name, inputs);
  }

  function padding(rank, transposed) {
    const pairs = (state) =>
      Array.isArray(state.padding) ? state.padding : state.size.map(() => [0, 0]);
    const sides = words.sides[rank];
    const places = !apart
      ? [[0, 0, ""]]
      : range(rank).flatMap((axis) =>
          (transposed ? [0] : [0, 1]).map((side) => [
            axis,
            side,
            transposed ? LETTERS[rank][axis] : sides[axis][side],
          ]),
        );
    const inputs = places.map(([axis, side, label]) =>
      number(
        "padding",
        label,
        `${words.padding} ${label}`.trim(),
        (state) => (typeof state.padding === "string" ? "" : state.padding[axis][side]),
        (state, value) => ({
          padding: pairs(state).map((pair, i) =>
            pair.map((old, j) =>
              !apart || (i === axis && (transposed || j === side)) ? value : old,
            ),
          ),
        }),
      ),
    );
    if (transposed) return field(words.padding, inputs);
    const amount = h("select", {
      "aria-label": words.amount,
      onchange: () =>
        explorer.update({
          padding: amount.value === "cells" ? explorer.state.size.map(() => [1, 1]) : amount.value,
        }),
    });
    fields.push({
      select: amount,
      list: Object.entries(words.amounts),
      read: (state) => (typeof state.padding === "string" ? state.padding : "cells"),
    });
    return field(words.padding, amount, inputs);
  }

  const single = (key, name) =>
    field(
      name,
      number(
        key,
        "",
        name,
        (state) => state[key],
        (_, value) => ({ [key]: value }),
      ),
    );

  function build(state) {
    const letters = LETTERS[state.size.length];
    const transposed = state.kind === "transposed";
    fields.length = 0;
    const mode = h("select", {
      "aria-label": words.mode,
      onchange: () => explorer.update({ mode: mode.value }),
    });
    const bias = h("input", {
      type: "checkbox",
      onchange: () =>
        explorer.update({
          bias: bias.checked || null,
        }),
    });
    const split = h("input", {
      type: "checkbox",
      onchange: () => {
        apart = split.checked;
        show(explorer.state);
      },
    });
    split.checked = apart;
    if (!transposed)
      fields.push({ select: mode, list: MODES.map((each) => [each, each]), read: (s) => s.mode });
    fields.push({ checkbox: bias, read: (s) => Boolean(s.bias) });
    element.replaceChildren(
      perAxis("size", words.size, letters),
      perAxis("kernel", words.kernelSize, letters),
      perAxis("stride", words.stride, letters),
      perAxis("dilation", words.dilation, letters),
      padding(letters.length, transposed),
      transposed ? perAxis("extra", words.extra, letters) : field(words.mode, mode),
      single("channels", words.channels),
      single("outputs", words.outputs),
      single("groups", words.groups),
      h(
        "div",
        { class: "ce-checks" },
        h("label", {}, bias, words.withBias),
        h("label", {}, split, words.apart),
      ),
    );
  }

  const differs = (state) =>
    ["size", "kernel", "stride", "dilation", "extra"].some((key) =>
      state[key].some((each) => each !== state[key][0]),
    ) ||
    (Array.isArray(state.padding) &&
      state.padding.flat().some((each) => each !== state.padding[0][0]));

  function show(state) {
    apart ||= differs(state);
    const now = `${state.kind} ${apart}`;
    if (now !== shape) {
      const held = document.activeElement;
      const name = element.contains(held) && held.getAttribute("aria-label");
      build(state);
      shape = now;
      if (name) element.querySelector(`[aria-label="${name}"]`)?.focus();
    }
    for (const entry of fields) {
      const { key, input, select, checkbox, list, read } = entry;
      const value = read(state);
      if (select) options(select, list, value);
      else if (checkbox) checkbox.checked = value;
      else if (entry.waiting !== String(value)) {
        entry.waiting = null;
        // What is being typed is left alone while it means the same.
        if (input.value === "" || Number(input.value) !== value) input.value = value;
        mark(
          entry,
          state.notes?.find(([name]) => name === key),
        );
      }
    }
  }

  /** What a link wanted of a field and could not have, or nothing. */
  function mark({ input, problem }, note) {
    const [, rule, ...more] = note ?? [];
    const text = note ? words.notes[rule]("", ...more) : "";
    put(problem, text.replace(/^[\s:：]+/, ""));
    problem.hidden = !note;
    if (note) {
      input.setAttribute("aria-invalid", "true");
      input.setAttribute("aria-describedby", problem.id);
    } else {
      input.removeAttribute("aria-invalid");
      input.removeAttribute("aria-describedby");
    }
  }

  /** What was typed and could not be taken gives way to the state. */
  function forget() {
    for (const entry of fields) entry.waiting = null;
  }

  /** Whether a field holds what has not been entered yet. */
  const isTyping = (target) => {
    const found = fields.find(({ input }) => input && input === target);
    if (found) return Number(target.value) !== found.read(explorer.state);
    const { bias } = explorer.parts;
    return target === bias && bias.value !== bias.shown;
  };

  const element = h("div", { class: "ce-panel" });
  return { element, show, forget, isTyping };
}
