// <conv-explorer state="kind=2d&..." [full]>: a convolution to look at, change and play through.
// `full` shows everything, and keeps the state in the page's address.

import { padsOf } from "./checks.js";
import { convrefCode, torchCode } from "./code.js";
import { h, options, put } from "./dom.js";
import { frame } from "./frame.js";
import {
  channelOf,
  fedByInput,
  fedByPosition,
  fedByWeight,
  groupChannels,
  indices,
  place,
  places,
  range,
  source,
  volume,
} from "./geometry.js";
import { model } from "./model.js";
import { areFloats, factor, parse, written } from "./numbers.js";
import { picture } from "./picture.js";
import { PRESETS } from "./presets.js";
import {
  changed,
  flipped,
  fromQuery,
  inputShapeOf,
  random,
  toQuery,
  weightShapeOf,
} from "./state.js";
import { WIDTH, explain } from "./trace.js";
import { wordsFor } from "./words.js";

const BEAT = 900; // milliseconds for one output cell at speed 1
const BASE = new URL("../../", import.meta.url);
const named = (index) => `(${index.join(", ")})`;
let count = 0;

class Explorer extends HTMLElement {
  connectedCallback() {
    if (this.parts) return;
    this.words = wordsFor(this.closest("[lang]")?.lang);
    this.full = this.hasAttribute("full");
    this.id ||= `explorer-${++count}`;
    this.first = fromQuery(this.getAttribute("state")) ?? fromQuery(PRESETS[0][2]);
    this.seed = 0;
    this.channel = 0;
    this.target = null; // a cell of input or weight that is pointed at, else null
    this.speed = 1;
    frame(this);
    if (this.full) addEventListener("hashchange", this.arrive);
    document.addEventListener("visibilitychange", this.rest);
    this.set((this.full && fromQuery(location.hash.slice(1))) || this.first, { quiet: true });
  }

  disconnectedCallback() {
    this.stop();
    removeEventListener("hashchange", this.arrive);
    document.removeEventListener("visibilitychange", this.rest);
  }

  arrive = () => {
    const state = fromQuery(location.hash.slice(1));
    if (state && toQuery(state) !== this.query) this.set(state, { quiet: true });
  };

  rest = () => {
    if (document.hidden) this.stop();
  };

  // Changes ----------------------------------------------------------------------------------------

  /** A whole new state; `quiet` leaves the page's address alone. */
  set(state, { quiet = false } = {}) {
    this.state = state;
    this.target = null;
    this.model = model(state);
    this.floats = areFloats(state);
    if (!this.model.refusal) {
      const most = [state.outputs, ...this.model.sizes];
      this.state = { ...state, at: state.at.map((each, i) => Math.min(each, most[i] - 1)) };
      const seen = this.seen();
      if (!seen.includes(this.channel)) this.channel = seen[0];
    }
    this.channel = Math.min(this.channel, state.channels - 1);
    this.draw();
    if (!quiet) this.remember();
  }

  /** Some parameters changed. */
  update(changes) {
    this.set(changed(this.state, changes));
  }

  /** Input channels that the output channel in question sees. */
  seen() {
    const { at, channels, outputs, groups } = this.state;
    return groupChannels(Math.min(at[0], outputs - 1), channels, outputs, groups);
  }

  see(channel) {
    this.channel = channel;
    const { channels, outputs, groups, at } = this.state;
    if (!this.model.refusal && !this.seen().includes(channel)) {
      const width = channels / groups;
      return this.update({
        at: [Math.floor(channel / width) * (outputs / groups), ...at.slice(1)],
      });
    }
    this.set(this.state);
  }

  choose(select) {
    if (select.value === "") return;
    this.channel = 0;
    this.set(fromQuery(PRESETS[+select.value][2]));
    select.value = "";
  }

  randomise() {
    this.seed += 1;
    this.set(random(this.state, this.seed));
    this.say(this.words.randomised(this.seed));
  }

  flip() {
    this.set(flipped(this.state));
    this.say(this.words.flipped);
  }

  setBias(field) {
    const value = parse(field.value);
    field.setAttribute("aria-invalid", String(value === null));
    if (value === null) return this.say(this.words.limit, true);
    const bias = this.state.bias.map((each, o) => (o === this.state.at[0] ? value : each));
    this.set({ ...this.state, bias });
  }

  edit(kind, i, text) {
    const value = parse(text);
    if (value === null) {
      this.say(this.words.limit, true);
      return false;
    }
    const name = kind === "in" ? "input" : "weight";
    const at = kind === "in" ? this.inputPlace(i) : this.weightPlace(i);
    const values = [...this.state[name]];
    values[at] = value;
    const { target } = this;
    this.set({ ...this.state, [name]: values });
    this.target = target;
    this.show();
    return true;
  }

  // Which number a cell of a grid stands for -------------------------------------------------------

  /** Position [y, x] of a cell of the input's grid, padding included. */
  positionAt(i) {
    const pads = this.pads();
    const widths = pads.map(([b, a], axis) => b + this.state.size[axis] + a);
    return unravel(i, widths).map((each, axis) => each - pads[axis][0]);
  }

  pads() {
    if (this.state.kind === "transposed") return this.state.size.map(() => [0, 0]);
    return padsOf(this.state);
  }

  inputPlace(i) {
    return place(inputShapeOf(this.state), [this.channel, ...this.positionAt(i)]);
  }

  /** The first two indices of the weight slice that is shown. */
  slice() {
    const { kind, at, channels, outputs, groups } = this.state;
    const [first, second] = weightShapeOf(this.state);
    if (this.model.refusal) return [0, 0];
    return kind === "transposed"
      ? [this.channel, at[0] % (outputs / groups)]
      : [Math.min(at[0], first - 1), (this.channel % (channels / groups)) % second];
  }

  weightIndex(i) {
    return [...this.slice(), ...unravel(i, this.state.kernel)];
  }

  weightPlace(i) {
    return place(weightShapeOf(this.state), this.weightIndex(i));
  }

  // Drawing ----------------------------------------------------------------------------------------

  /** Everything: cells are made anew only where shapes have changed. */
  draw() {
    const { state, words, parts, grids, model: told } = this;
    this.width = this.clientWidth; // read before anything changes, so that layout happens once
    const pads = this.pads();
    const shapes = {
      in: pads.map(([b, a], axis) => b + state.size[axis] + a),
      w: state.kernel,
      out: told.refusal ? null : told.sizes,
    };
    const inside = (index) =>
      index.every((each, axis) => each >= pads[axis][0] && each < pads[axis][0] + state.size[axis]);
    grids.in.build(shapes.in, pads, (index) =>
      inside(index) ? { editable: true } : { look: "is-padding", label: words.paddingCell },
    );
    grids.w.build(shapes.w, "", () => ({ editable: true }));
    if (shapes.out) grids.out.build(shapes.out, "", () => ({}));
    const most = Math.max(shapes.in.at(-1), shapes.in.at(-2) ?? 1, shapes.out?.at(-1) ?? 1);
    const roomy = most <= 9 ? 34 : most <= 12 ? 29 : most <= 16 ? 26 : 24;
    const columns = [shapes.in, shapes.w, shapes.out ?? []].reduce(
      (n, each) => n + (each.at(-1) ?? 0),
      0,
    );
    const around = state.kernel.at(-1) < 3 ? 210 : 150; // signs and gaps; a title over a small kernel
    const fitting = Math.floor((this.width - around) / columns) - 2; // side by side, if that can be
    const side =
      this.width < 480 ? Math.min(30, roomy) : fitting < 24 ? roomy : Math.min(fitting, roomy);
    const write = (value) => written(value, this.floats);
    grids.in.fill(this.inputTexts(shapes.in).map(write), side);
    const start = this.weightPlace(0);
    grids.w.fill(state.weight.slice(start, start + volume(state.kernel)).map(write), side);
    if (shapes.out) {
      this.values = told.channel(state.at[0]);
      grids.out.fill(this.values.map(write), side);
    }
    this.classList.toggle("is-refused", Boolean(told.refusal));
    parts.sign.textContent = state.kind === "transposed" ? "∗ᵀ" : "∗";
    const times = (shape) => shape.join("×");
    put(parts.input.size, times(state.size));
    put(parts.weight.size, times(state.kernel));
    put(parts.result.size, shapes.out ? times(shapes.out) : "");
    const all = (n) => range(n).map((each) => [each, each]);
    options(parts.channel.select, all(state.channels), this.channel);
    options(parts.output.select, all(state.outputs), state.at[0]);
    parts.channel.box.hidden = state.channels === 1;
    parts.output.box.hidden = state.outputs === 1;
    parts.biasBox.hidden = !state.bias;
    if (state.bias) parts.bias.value = written(state.bias[state.at[0]] ?? 0, true);
    parts.bias.removeAttribute("aria-invalid");
    for (const each of parts.kinds) {
      each.setAttribute("aria-pressed", String(each.dataset.kind === state.kind));
    }
    if (parts.open) parts.open.href = this.address();
    this.style.setProperty("--sum-rows", told.refusal ? 1 : this.sumRows());
    this.classList.toggle(
      "is-dilated",
      state.dilation.some((each) => each > 1),
    );
    this.classList.toggle("is-flat", state.kind === "1d");
    this.classList.toggle("is-mirrored", state.mode !== "zeros" && pads.flat().some(Boolean));
    this.drawFacts();
    this.drawRefusal();
    this.panel.show(state);
    this.show();
  }

  inputTexts(shape) {
    const { state } = this;
    const from = this.channel * volume(state.size);
    const pads = this.pads();
    const mode = this.model.refusal ? "zeros" : state.mode; // what is refused has no mirror images
    const shown = state.size.map((size, axis) =>
      range(shape[axis]).map((each) => source(each - pads[axis][0], size, mode)),
    );
    return indices(shape).map((index) => {
      const cell = index.map((each, axis) => shown[axis][each]);
      return cell.includes(null) ? 0 : state.input[from + place(state.size, cell)];
    });
  }

  /** Lines for the longest sum, so that nothing below moves while cells change. The lengths of the
   *  texts are added up as the numbers are: by the convolution itself. */
  sumRows() {
    const {
      state,
      floats,
      model: { layer },
    } = this;
    const lengths = (list) => list.map((each) => factor(each, floats).length);
    const [x, w] = [lengths(state.input), lengths(state.weight)];
    const most = (input, weight, mode = layer.mode) =>
      Math.max(...channelOf({ ...layer, input, weight, mode, bias: null }, state.at[0]));
    const [cells, taps] = [x.map(() => 1), w.map(() => 1)];
    const count = layer.transposed ? most(cells, taps) : most(cells, taps, "replicate");
    const padded = !layer.transposed && this.pads().flat().some(Boolean);
    const zeros = padded && layer.mode === "zeros"; // an [0] where there is no cell
    const ofInput = zeros
      ? 3 * count +
        most(
          x.map((each) => each - 3),
          taps,
        )
      : most(x, taps);
    const brackets = padded && !zeros ? 2 * count : 0;
    const signs = 4 * count; // " + " and "·", and in the end " = "
    const total = Math.max(...lengths(this.values));
    const bias = state.bias ? 3 + Math.max(...lengths(state.bias)) : 0;
    const sum = ofInput + brackets + most(cells, w, "replicate") + signs + total + bias;
    const wide = Math.max(20, Math.floor((this.width - 40) / 8)); // characters in a line
    if (sum <= WIDTH) return Math.ceil(sum / wide);
    const across = state.kernel.at(-1);
    const rows = Math.max(1, across === 1 ? Math.ceil(count / 8) : Math.ceil(count / across));
    return Math.min(9, rows * Math.ceil(sum / rows / wide) + (state.bias ? 2 : 1));
  }

  drawFacts() {
    const { words, parts, model: told } = this;
    const fact = (name, ...values) =>
      h(
        "div",
        {},
        h("dt", {}, name),
        values.map((each) => h("dd", {}, each)),
      );
    if (told.refusal) return parts.facts.replaceChildren();
    const axes = told.formulas.map(([letter, text, size]) => [letter, `${text} = ${size}`]);
    const equal = axes.every(([, text]) => text === axes[0][1]);
    const sizes = equal
      ? [`${axes.map(([letter]) => letter).join(", ")}: ${axes[0][1]}`]
      : axes.map((axis) => axis.join(": "));
    parts.facts.replaceChildren(
      fact(words.outputSize, ...sizes),
      fact(words.numbers, told.parameters.toLocaleString("en")),
      fact(words.products, told.products.toLocaleString("en")),
    );
  }

  drawRefusal() {
    const { refusal } = this.model;
    const { words, parts } = this;
    if (!refusal) return parts.refusal.replaceChildren();
    const anchor = refusal.rule.replaceAll(" ", "-");
    parts.refusal.replaceChildren(
      h(
        "p",
        { class: "ce-error" },
        h("b", {}, `${refusal.type}: `),
        h("span", { class: "ce-message" }, refusal.message),
      ),
      h("p", {}, h("a", { href: new URL(`reference/errors/#${anchor}`, BASE) }, words.why)),
    );
  }

  /** What is pointed at: cells lit up, the sum, the note; nothing is built. */
  show() {
    const { state, grids, parts, words, model: told } = this;
    if (told.refusal) {
      grids.in.light(new Map());
      grids.w.light(new Map());
      grids.in.show(null);
      put(parts.note, words.refused);
      put(parts.sum, "");
      this.render();
      return;
    }
    const { layer } = told;
    const at = this.target ? null : state.at;
    const lit = { in: new Map(), w: new Map(), out: new Map() };
    const mark = (grid, i, look) =>
      lit[grid].set(i, [lit[grid].get(i), look].filter(Boolean).join(" "));
    const inputAt = (where) =>
      place(
        this.widths(),
        where.map((each, axis) => each + this.pads()[axis][0]),
      );
    let note;
    if (at) {
      const list = places(layer, at);
      let mirrored = 0;
      for (const each of list) {
        if (each.position[0] !== this.channel) continue;
        const where = each.position.slice(1);
        mark("in", inputAt(where), "is-tap");
        if (layer.transposed) mark("w", place(state.kernel, each.weight.slice(2)), "is-used");
        const outside = where.some((q, axis) => q < 0 || q >= state.size[axis]);
        if (outside && each.input) {
          mirrored += 1;
          const from = inputAt(each.input.slice(1));
          if (!lit.in.get(from)?.includes("is-source")) mark("in", from, "is-source");
        }
      }
      mark("out", place(told.sizes, at.slice(1)), "is-now");
      const own = list.filter((each) => each.position[0] === this.channel);
      const corner = (each) => each.position.slice(1).map((q, axis) => q + this.pads()[axis][0]);
      grids.in.show(own.length ? corner(own[0]) : null, own.length ? corner(own.at(-1)) : null);
      this.explained = explain(layer, at);
      put(parts.sum, this.explained.sum);
      const cell = named(state.outputs > 1 ? at : at.slice(1));
      note = words.at(cell, written(this.explained.total, this.floats));
      if (mirrored) note += ` · ${words.mirrors(mirrored)}`;
    } else {
      const { kind, index } = this.target;
      grids.in.show(null);
      let fed;
      if (kind === "w") {
        fed = fedByWeight(layer, index);
        mark("w", place(state.kernel, index.slice(2)), "is-here");
        note = words.fromWeight(named(index), fed.length);
      } else {
        const where = index.slice(1);
        const cell = where.map((q, axis) => source(q, state.size[axis], state.mode));
        const outside = where.some((q, axis) => q < 0 || q >= state.size[axis]);
        const shown = cell.includes(null) ? null : [this.channel, ...cell];
        fed = outside ? fedByPosition(layer, index) : fedByInput(layer, index);
        mark("in", inputAt(where), "is-here");
        if (outside && shown) mark("in", inputAt(cell), "is-source");
        const short = (list) => named(state.channels > 1 ? list : list.slice(1));
        note = outside
          ? words.fromPadding(short(index), shown && short(shown), fed.length)
          : words.fromInput(short(index), fed.length);
      }
      for (const [o, ...cell] of fed) {
        if (o === state.at[0]) mark("out", place(told.sizes, cell), "is-fed");
      }
    }
    put(parts.note, note);
    for (const name of Object.keys(lit)) grids[name].light(lit[name]);
    this.render();
    this.announce();
  }

  widths() {
    return this.pads().map(([b, a], axis) => b + this.state.size[axis] + a);
  }

  /** The open tab's text. */
  render() {
    const { parts } = this;
    for (const tab of parts.tabs) {
      const on = tab.dataset.tab === this.tab;
      tab.setAttribute("aria-selected", String(on));
      tab.tabIndex = on ? 0 : -1;
    }
    parts.text.setAttribute("aria-labelledby", `${this.id}-tab-${this.tab}`);
    if (parts.text.parentElement.hidden) return;
    const texts = {
      torch: () => torchCode(this.state),
      convref: () => convrefCode(this.state),
      terms: () => (this.model.refusal ? "" : this.explained.table),
    };
    put(parts.text, texts[this.tab]());
  }

  turn(tab) {
    this.tab = tab;
    this.render();
  }

  // Pointing, playing, telling ---------------------------------------------------------------------

  /** A cell is pointed at, or (kind null) none any more; `held` means that it has the focus. */
  point(kind, i, held) {
    if (this.timer && !held) return; // passing over a play does not end it
    if (kind === "out") {
      this.stop();
      this.target = null;
      this.state = { ...this.state, at: [this.state.at[0], ...unravel(i, this.model.sizes)] };
      this.grids.out.rove(i);
      this.remember();
    } else if (kind === null) {
      if (!this.target) return;
      this.target = null;
    } else {
      this.stop();
      const index = kind === "in" ? [this.channel, ...this.positionAt(i)] : this.weightIndex(i);
      this.target = { kind, index };
    }
    this.show();
  }

  step(by) {
    if (this.model.refusal) return;
    const cells = volume(this.model.sizes);
    const now = place(this.model.sizes, this.state.at.slice(1));
    const next = (now + by + cells) % cells;
    this.target = null;
    this.state = { ...this.state, at: [this.state.at[0], ...unravel(next, this.model.sizes)] };
    this.grids.out.rove(next);
    this.show();
    this.remember();
  }

  toggle() {
    if (this.timer) this.stop();
    else this.play();
  }

  play() {
    clearInterval(this.timer);
    if (this.model.refusal) return;
    this.timer = setInterval(() => this.step(1), BEAT / this.speed);
    this.parts.toggle.textContent = this.words.pause;
    this.classList.add("is-playing");
  }

  stop() {
    if (!this.timer) return;
    clearInterval(this.timer);
    this.timer = null;
    this.parts.toggle.textContent = this.words.play;
    this.classList.remove("is-playing");
    this.announce();
  }

  /** The sum for screen readers, once things have come to rest. */
  announce() {
    clearTimeout(this.telling);
    if (this.timer || !this.contains(document.activeElement)) return;
    this.telling = setTimeout(() => {
      const sum = this.parts.sum.textContent.replace(/\s+/g, " ").trim();
      const told = this.target || this.model.refusal ? "" : `: ${sum}`;
      put(this.parts.live, `${this.parts.note.textContent}${told}`);
    }, 300);
  }

  say(text, shown = false) {
    clearTimeout(this.telling);
    put(this.parts.live, text);
    if (shown) put(this.parts.note, text);
  }

  // Out of the page --------------------------------------------------------------------------------

  get query() {
    return toQuery(this.state);
  }

  address() {
    return new URL(`play/#${this.query}`, BASE).href;
  }

  remember() {
    if (this.parts.open) this.parts.open.href = this.address();
    if (!this.full) return;
    clearTimeout(this.remembering);
    this.remembering = setTimeout(
      () => history.replaceState(history.state, "", `#${this.query}`),
      250,
    );
  }

  share() {
    return this.copy(this.address(), this.words.linked);
  }

  async copy(text, done) {
    await navigator.clipboard.writeText(text);
    this.say(done, true);
  }

  save() {
    const file = new Blob([picture(this)], { type: "image/svg+xml" });
    const link = h("a", { href: URL.createObjectURL(file), download: "convolution.svg" });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  }
}

const unravel = (i, shape) =>
  shape
    .reduceRight(([rest, ...found], n) => [Math.floor(rest / n), rest % n, ...found], [i])
    .slice(1);

customElements.define("conv-explorer", Explorer);
