// The parameters of an explorer as fields. With `apart` every axis and every side has its own.

/** @import { Child, Choice } from "./dom.js"
 *  @import { ConvExplorer } from "./explorer.js"
 *  @import { Limited, PerAxis, Single } from "./facts.js"
 *  @import { Pair } from "./geometry.js"
 *  @import { Changes, Note, State } from "./state.js" */

import { chosen, h, options, put } from "./dom.js";
import { LETTERS, LIMITS, MODES } from "./facts.js";
import { range } from "./geometry.js";
import { PADDINGS } from "./state.js";

/** A field, and how to read from a state what stands in it. What is `waiting` in a number's is the
 *  value, as text, that stays while the field holds something else.
 *  @typedef {{key: Limited, input: HTMLInputElement, problem: HTMLElement,
 *    read: (state: State) => number | "", waiting: string | null}} NumberField
 *  @typedef {{select: HTMLSelectElement, list: Choice[], read: (state: State) => string}} SelectField
 *  @typedef {{checkbox: HTMLInputElement, read: (state: State) => boolean}} CheckField */

/** @typedef {ReturnType<typeof panel>} Panel */

/** @param {ConvExplorer} explorer */
export function panel(explorer) {
  const { words } = explorer;
  let apart = false;
  let shape = "";
  /** @type {(NumberField | SelectField | CheckField)[]} */
  const fields = [];
  let count = 0;

  /** A number that `write(state, value)` turns into changes of the state, once it is entered. What
   *  cannot be taken stays in the field, which says why.
   *  @type {(key: Limited, label: string, name: string, read: NumberField["read"],
   *    write: (state: State, value: number) => Changes) => Node[]} */
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
    /** @type {NumberField} */
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
            : value < min
              ? words.wrong.least(min)
              : "";
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
      if (!(event instanceof InputEvent && event.inputType)) take(); // arrows and spin buttons; typing has its type
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

  /** @type {(name: string, ...content: Child[]) => HTMLElement} */
  const field = (name, ...content) => h("fieldset", {}, h("legend", {}, name), content);

  /** @type {(key: PerAxis, name: string, letters: string[]) => HTMLElement} */
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

  /** @type {(rank: number, transposed: boolean) => HTMLElement} */
  function padding(rank, transposed) {
    /** @type {(state: State) => Pair[]} */
    const pairs = (state) =>
      Array.isArray(state.padding) ? state.padding : state.size.map(() => [0, 0]);
    const sides = words.sides[rank];
    /** @type {[axis: number, side: number, label: string][]} */
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
          padding: pairs(state).map((pair, i) => {
            const [before, after] = pair.map((old, j) =>
              !apart || (i === axis && (transposed || j === side)) ? value : old,
            );
            return [before, after];
          }),
        }),
      ),
    );
    if (transposed) return field(words.padding, inputs);
    const amount = h("select", {
      "aria-label": words.amount,
      onchange: () => {
        const { size } = explorer.state;
        explorer.update({ padding: chosen(amount, PADDINGS) ?? size.map(() => [1, 1]) });
      },
    });
    fields.push({
      select: amount,
      list: Object.entries(words.amounts),
      read: (state) => (typeof state.padding === "string" ? state.padding : "cells"),
    });
    return field(words.padding, amount, inputs);
  }

  /** @type {(key: Single, name: string) => HTMLElement} */
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

  /** @type {(state: State) => void} */
  function build(state) {
    const letters = LETTERS[state.size.length];
    const transposed = state.kind === "transposed";
    fields.length = 0;
    const mode = h("select", {
      "aria-label": words.mode,
      onchange: () => {
        explorer.update({ mode: chosen(mode, MODES) });
      },
    });
    const bias = h("input", {
      type: "checkbox",
      onchange: () => {
        explorer.update({ bias: bias.checked || null });
      },
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

  /** @type {PerAxis[]} */
  const axial = ["size", "kernel", "stride", "dilation", "extra"];
  /** @type {(state: State) => boolean} */
  const differs = (state) =>
    axial.some((key) => new Set(state[key]).size > 1) ||
    (Array.isArray(state.padding) && new Set(state.padding.flat()).size > 1);

  /** @type {(state: State) => void} */
  function show(state) {
    apart ||= differs(state);
    const now = `${state.kind} ${apart}`;
    if (now !== shape) {
      const held = document.activeElement;
      const name = element.contains(held) && held?.getAttribute("aria-label");
      build(state);
      shape = now;
      /** @type {HTMLElement | null} */
      const again = element.querySelector(`[aria-label="${name}"]`);
      if (name) again?.focus();
    }
    for (const entry of fields) {
      if ("select" in entry) options(entry.select, entry.list, entry.read(state));
      else if ("checkbox" in entry) entry.checkbox.checked = entry.read(state);
      else {
        const { key, input, read } = entry;
        const value = read(state);
        if (entry.waiting === String(value)) continue;
        entry.waiting = null;
        // What is being typed is left alone while it means the same.
        if (input.value === "" || Number(input.value) !== value) input.value = String(value);
        mark(
          entry,
          state.notes?.find(([name]) => name === key),
        );
      }
    }
  }

  /** What a link wanted of a field and could not have, or nothing.
   *  @type {(field: NumberField, note?: Note) => void} */
  function mark({ input, problem }, note) {
    let text = "";
    if (note) {
      const [, rule, ...more] = note;
      text = words.notes[rule]("", ...more);
    }
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
    for (const entry of fields) if ("waiting" in entry) entry.waiting = null;
  }

  /** Whether a field holds what has not been entered yet.
   *  @type {(target: EventTarget | null) => boolean} */
  const isTyping = (target) => {
    for (const each of fields) {
      if ("input" in each && each.input === target)
        return Number(each.input.value) !== each.read(explorer.state);
    }
    const { bias } = explorer.parts;
    return target === bias && bias.value !== explorer.biasShown;
  };

  const element = h("div", { class: "ce-panel" });
  return { element, show, forget, isTyping };
}
