// All that an explorer is made of: buttons, grids, the sum, facts, parameters and code.

import { h, options } from "./dom.js";
import { KINDS } from "./facts.js";
import { RULES } from "./filling.js";
import { Grid } from "./grids.js";
import { panel } from "./panel.js";
import { PRESETS } from "./presets.js";

const SPEEDS = { 0.5: "0.5×", 1: "1×", 2: "2×", 4: "4×" };

/** Fills the element, and gives it its `grids`, `parts` and `panel`. */
export function frame(explorer) {
  const { words } = explorer;
  const button = (name, action, more = {}) =>
    h(
      "button",
      { type: "button", class: `ce-button ce-${name}`, onclick: action, ...more },
      words[name],
    );
  const grid = (kind, label) =>
    new Grid(kind, label, words, {
      point: (i, held) => explorer.point(kind, i, held),
      leave: () => explorer.point(null),
      edit: (i, text) => explorer.edit(kind, i, text),
      paste: (i, text) => explorer.paste(kind, i, text),
      play: () => explorer.toggle(),
    });
  explorer.grids = {
    in: grid("in", words.input),
    w: grid("w", words.kernel),
    out: grid("out", words.output),
  };
  const part = (kind, title, ...more) => {
    const size = h("span", { class: "ce-size" });
    const { grids } = explorer;
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
  const fill = (kind) => {
    const select = h("select", {
      class: "ce-fill",
      "aria-label": `${words.fill}: ${kind === "in" ? words.input : words.kernel}`,
      onchange: () => {
        explorer.fill(kind, select.value);
        select.value = "";
      },
    });
    const rules = Object.keys(RULES).map((rule) => [rule, words.rules[rule]]);
    options(select, [["", words.fill], ...rules], "");
    return h("div", { class: "ce-under" }, select);
  };
  const pick = (action) => {
    const select = h("select", {
      "aria-label": words.channel,
      onchange: () => action(+select.value),
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
  const id = (name) => `${explorer.id}-${name}`;
  explorer.parts = {
    channel,
    output,
    bias,
    biasBox: h("label", { class: "ce-pick" }, "+ ", words.bias, " ", bias),
    biasProblem: h("p", { class: "ce-problem", id: id("bias-problem"), hidden: true }),
    notice: h("p", { class: "ce-notice", id: id("notice"), role: "status" }),
    toCopy: h(
      "div",
      { class: "ce-to-copy", hidden: true },
      h("p", {}, words.uncopied),
      h("textarea", { readonly: true, rows: 3, "aria-label": words.toCopy }),
    ),
    input: part("in", words.input, channel.box),
    sign: h("span", { class: "ce-sign", "aria-hidden": "true" }, "∗"),
    weight: part("w", words.kernel),
    equals: h("span", { class: "ce-sign", "aria-hidden": "true" }, "="),
    result: part("out", words.output, output.box),
    refusal: h("div", { class: "ce-refusal", role: "alert" }),
    toggle: button("play", () => explorer.toggle()),
    note: h("p", { class: "ce-note" }),
    sum: h("pre", { class: "ce-sum", tabindex: "0", role: "group", "aria-label": words.output }),
    live: h("p", { class: "ce-live", role: "status" }),
    facts: h("dl", { class: "ce-facts" }),
  };
  const { parts } = explorer;
  parts.input.element.append(under.in);
  parts.weight.element.append(under.w, parts.biasBox, parts.biasProblem);
  const speed = h("select", {
    "aria-label": words.speed,
    onchange: () => {
      explorer.speed = +speed.value;
      if (explorer.timer) explorer.play();
    },
  });
  options(speed, Object.entries(SPEEDS), 1);
  parts.moving = [parts.toggle, speed];
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
    onchange: () => explorer.choose(preset),
  });
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
  parts.kinds = kinds;
  explorer.panel = panel(explorer);
  const open = explorer.full && explorer.clientWidth >= 640;
  const folded = (name, content) => {
    const at = `${explorer.id}-${name}`;
    content.id = at;
    content.hidden = !open;
    const toggle = button(
      name,
      () => {
        content.hidden = !content.hidden;
        toggle.setAttribute("aria-expanded", String(!content.hidden));
        explorer.render();
      },
      { "aria-expanded": String(open), "aria-controls": at },
    );
    toggle.classList.add("ce-fold");
    return toggle;
  };
  const foldParameters = folded("parameters", explorer.panel.element);
  const code = codes(explorer);
  const foldCode = folded("code", code);
  if (!explorer.full) parts.open = h("a", { class: "ce-open" }, words.full);
  parts.undo = button("undo", () => explorer.undo());
  parts.redo = button("redo", () => explorer.redo());
  const tools = [
    h("div", { class: "ce-kinds" }, parts.undo, parts.redo),
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
      h(
        "div",
        { class: "ce-player" },
        step("back", -1, "‹"),
        parts.toggle,
        step("next", 1, "›"),
        speed,
      ),
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
    explorer.panel.element,
    code,
    parts.live,
  );
}

function codes(explorer) {
  const { words } = explorer;
  const text = h("pre", {
    class: "ce-listing",
    tabindex: "0",
    role: "tabpanel",
    id: `${explorer.id}-text`,
  });
  explorer.tab = "torch";
  const tabs = ["torch", "convref", "terms"].map((name) =>
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
        onkeydown: (event) => {
          const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
          if (!by) return;
          const next = tabs[(tabs.indexOf(event.target) + by + tabs.length) % tabs.length];
          explorer.turn(next.dataset.tab);
          next.focus();
          event.preventDefault();
        },
      },
      words.tabs[name],
    ),
  );
  const copy = h(
    "button",
    {
      type: "button",
      class: "ce-button ce-copy",
      onclick: () => explorer.copy(text.textContent, words.copied, words.copiedMade),
    },
    words.copy,
  );
  Object.assign(explorer.parts, { tabs, text });
  return h(
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
}
