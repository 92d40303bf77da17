// All that an explorer is made of: buttons, grids, the sum, facts, parameters and code.

/** @import { Choice, Given } from "./dom.js"
 *  @import { ConvExplorer } from "./explorer.js"
 *  @import { GridName } from "./grids.js"
 *  @import { Text } from "./words.js" */

import { chosen, h, options } from "./dom.js";
import { KINDS } from "./facts.js";
import { RULES } from "./filling.js";
import { Grid } from "./grids.js";
import { panel } from "./panel.js";
import { PRESETS } from "./presets.js";
import { keysOf } from "./state.js";

/** @typedef {"terms" | "torch" | "convref"} Tab
 *  @type {Tab[]} */
const TABS = ["torch", "convref", "terms"];
const SPEEDS = { 0.5: "0.5×", 1: "1×", 2: "2×", 4: "4×" };

/** A grid with its title, and the place for its size.
 *  @typedef {{size: HTMLElement, element: HTMLElement}} Part
 *  @typedef {ReturnType<typeof frame>["parts"]} Parts */

/** Fills the element; gives its grids, its parameters, and the parts of it that change.
 *  @param {ConvExplorer} explorer */
export function frame(explorer) {
  const { words } = explorer;
  /** @type {(name: Text, action: () => void, more?: Given) => HTMLButtonElement} */
  const button = (name, action, more = {}) =>
    h(
      "button",
      { type: "button", class: `ce-button ce-${name}`, onclick: action, ...more },
      words[name],
    );
  /** @type {(kind: GridName, label: string) => Grid} */
  const grid = (kind, label) =>
    new Grid(kind, label, words, {
      point: (i, held) => explorer.point(kind, i, held),
      leave: () => explorer.leave(),
      edit: (i, text) => (kind === "out" ? "" : explorer.edit(kind, i, text)),
      paste: (i, text) => explorer.paste(kind, i, text),
      play: () => explorer.toggle(),
    });
  const grids = {
    in: grid("in", words.input),
    w: grid("w", words.kernel),
    out: grid("out", words.output),
  };
  /** @type {(kind: GridName, title: string, ...more: Node[]) => Part} */
  const part = (kind, title, ...more) => {
    const size = h("span", { class: "ce-size" });
    const { problem } = grids[kind];
    problem.id = `${explorer.id}-${kind}-problem`;
    const head = h(
      "div",
      { class: "ce-head" },
      h("span", { class: "ce-name" }, title),
      size,
      ...more,
    );
    return {
      size,
      element: h("div", { class: `ce-part ce-part-${kind}` }, head, grids[kind].box, problem),
    };
  };
  /** @type {(kind: "in" | "w") => HTMLElement} */
  const fill = (kind) => {
    const rules = keysOf(RULES);
    const select = h("select", {
      class: "ce-fill",
      "aria-label": `${words.fill}: ${kind === "in" ? words.input : words.kernel}`,
      onchange: () => {
        const rule = chosen(select, rules);
        if (rule) explorer.fill(kind, rule);
        select.value = "";
      },
    });
    /** @type {Choice[]} */
    const named = rules.map((rule) => [rule, words.rules[rule]]);
    options(select, [["", words.fill], ...named], "");
    return h("div", { class: "ce-under" }, select);
  };
  /** @type {(action: (channel: number) => void) => {select: HTMLSelectElement, box: HTMLElement}} */
  const pick = (action) => {
    const select = h("select", {
      "aria-label": words.channel,
      onchange: () => {
        action(+select.value);
      },
    });
    return { select, box: h("label", { class: "ce-pick" }, words.channel, " ", select) };
  };
  const channel = pick((c) => explorer.see(c));
  const output = pick((o) =>
    explorer.set({ ...explorer.state, at: [o, ...explorer.state.at.slice(1)] }),
  );
  const bias = h("input", {
    type: "text",
    inputmode: "decimal",
    class: "ce-bias",
    "aria-label": words.bias,
  });
  bias.addEventListener("change", () => explorer.setBias(bias));
  const under = { in: fill("in"), w: fill("w") };
  /** @type {(name: string) => string} */
  const id = (name) => `${explorer.id}-${name}`;
  const toggle = button("play", () => explorer.toggle());
  const speed = h("select", {
    "aria-label": words.speed,
    onchange: () => {
      explorer.speed = +speed.value;
      if (explorer.timer) explorer.play();
    },
  });
  options(speed, Object.entries(SPEEDS), 1);
  /** @type {(name: "back" | "next", by: number, sign: string) => HTMLElement} */
  const step = (name, by, sign) =>
    h(
      "button",
      {
        type: "button",
        class: "ce-button ce-step",
        "aria-label": words[name],
        title: words[name],
        onclick: () => explorer.step(by),
      },
      sign,
    );
  const preset = h("select", {
    class: "ce-preset",
    "aria-label": words.preset,
    onchange: () => {
      explorer.choose(preset);
    },
  });
  /** @type {Choice[]} */
  const names = PRESETS.map((each, i) => [i, each[words.column]]);
  options(preset, [["", words.choose], ...names], "");
  const kinds = KINDS.map((kind) =>
    h(
      "button",
      {
        type: "button",
        class: "ce-button",
        "data-kind": kind,
        onclick: () => explorer.update({ kind }),
      },
      words.kinds[kind],
    ),
  );
  const parameters = panel(explorer);
  const { code, tabs, text } = codes(explorer);
  const unfolded = explorer.full && explorer.clientWidth >= 640;
  /** @type {(name: "parameters" | "code", content: HTMLElement) => HTMLElement} */
  const folded = (name, content) => {
    const at = `${explorer.id}-${name}`;
    content.id = at;
    content.hidden = !unfolded;
    const fold = button(
      name,
      () => {
        content.hidden = !content.hidden;
        fold.setAttribute("aria-expanded", String(!content.hidden));
        explorer.render();
      },
      { "aria-expanded": String(unfolded), "aria-controls": at },
    );
    fold.classList.add("ce-fold");
    return fold;
  };
  const foldParameters = folded("parameters", parameters.element);
  const foldCode = folded("code", code);
  const undo = button("undo", () => explorer.undo());
  const redo = button("redo", () => explorer.redo());
  const copyField = h("textarea", { readonly: true, rows: 3, "aria-label": words.toCopy });
  const parts = {
    ...{ channel, output, bias, toggle, undo, redo, kinds, code, tabs, text, copyField },
    biasBox: h("label", { class: "ce-pick" }, "+ ", words.bias, " ", bias),
    biasProblem: h("p", { class: "ce-problem", id: id("bias-problem"), hidden: true }),
    notice: h("p", { class: "ce-notice", id: id("notice"), role: "status" }),
    toCopy: h("div", { class: "ce-to-copy", hidden: true }, h("p", {}, words.uncopied), copyField),
    input: part("in", words.input, channel.box),
    sign: h("span", { class: "ce-sign", "aria-hidden": "true" }, "∗"),
    weight: part("w", words.kernel),
    equals: h("span", { class: "ce-sign", "aria-hidden": "true" }, "="),
    result: part("out", words.output, output.box),
    refusal: h("div", { class: "ce-refusal", role: "alert" }),
    moving: [toggle, speed],
    note: h("p", { class: "ce-note" }),
    sum: h("pre", { class: "ce-sum", tabindex: "0", role: "group", "aria-label": words.output }),
    live: h("p", { class: "ce-live", role: "status" }),
    facts: h("dl", { class: "ce-facts" }),
    open: explorer.full ? null : h("a", { class: "ce-open" }, words.full),
  };
  parts.input.element.append(under.in);
  parts.weight.element.append(under.w, parts.biasBox, parts.biasProblem);
  const tools = [
    h("div", { class: "ce-kinds" }, undo, redo),
    button("random", () => explorer.randomise()),
    button("flip", () => explorer.flip()),
    button("reset", () => explorer.reset()),
  ];
  explorer.setAttribute("role", "group");
  explorer.tabIndex = -1; // where the focus goes when what had it is gone
  explorer.setAttribute("aria-label", words.title);
  explorer.replaceChildren(
    h(
      "div",
      { class: "ce-bar" },
      ...(explorer.full
        ? [h("div", { class: "ce-kinds", role: "group", "aria-label": words.kind }, kinds)]
        : []),
      preset,
      ...tools,
    ),
    parts.notice,
    h(
      "div",
      { class: "ce-stage" },
      parts.input.element,
      h("div", { class: "ce-term" }, parts.sign, parts.weight.element),
      h("div", { class: "ce-term ce-result" }, parts.equals, parts.result.element),
    ),
    h(
      "div",
      { class: "ce-tell" },
      h("div", { class: "ce-player" }, step("back", -1, "‹"), toggle, step("next", 1, "›"), speed),
      parts.note,
      parts.sum,
      parts.refusal,
    ),
    parts.facts,
    h(
      "div",
      { class: "ce-folds" },
      foldParameters,
      foldCode,
      button("link", () => explorer.share()),
      button("svg", () => explorer.save()),
      ...(parts.open ? [parts.open] : []),
    ),
    parts.toCopy,
    parameters.element,
    code,
    parts.live,
  );
  return { grids, panel: parameters, parts };
}

/** The listings, with a tab for each.
 *  @param {ConvExplorer} explorer */
function codes(explorer) {
  const { words } = explorer;
  const text = h("pre", {
    class: "ce-listing",
    tabindex: "0",
    role: "tabpanel",
    id: `${explorer.id}-text`,
  });
  const tabs = TABS.map((name) =>
    h(
      "button",
      {
        type: "button",
        role: "tab",
        class: "ce-button",
        "data-tab": name,
        id: `${explorer.id}-tab-${name}`,
        "aria-controls": text.id,
        onclick: () => explorer.turn(name),
      },
      words.tabs[name],
    ),
  );
  for (const [at, tab] of tabs.entries()) {
    tab.addEventListener("keydown", (event) => {
      const by = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
      if (!by) return;
      const next = (at + by + tabs.length) % tabs.length;
      explorer.turn(TABS[next]);
      tabs[next].focus();
      event.preventDefault();
    });
  }
  const copy = h(
    "button",
    {
      type: "button",
      class: "ce-button ce-copy",
      onclick: () => explorer.copy(text.textContent, words.copied, words.copiedMade),
    },
    words.copy,
  );
  const code = h(
    "div",
    { class: "ce-codes" },
    h(
      "div",
      { class: "ce-tabs" },
      h("div", { role: "tablist", "aria-label": words.code }, tabs),
      copy,
    ),
    text,
  );
  return { code, tabs, text };
}
