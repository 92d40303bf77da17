// <conv-explorer state="kind=2d&..." [full]>: a convolution to look at, change and play through.
// `full` shows everything, and keeps the state in the page's address.

import { padsOf } from "./checks.js";
import { copied } from "./clipboard.js";
import { convrefCode, torchCode } from "./code.js";
import { h, options, put } from "./dom.js";
import { WIDTH } from "./facts.js";
import { filled, pasted } from "./filling.js";
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
import { matrix } from "./matrix.js";
import { model } from "./model.js";
import { areFloats, factor, parse, written } from "./numbers.js";
import { picture } from "./picture.js";
import { PRESETS } from "./presets.js";
import {
  changed,
  differs,
  example,
  flipped,
  fromQuery,
  inputShapeOf,
  isLink,
  madeUp,
  random,
  toQuery,
  weightShapeOf,
  withNumbers,
} from "./state.js";
import { explain } from "./trace.js";
import { keep, recall } from "./visit.js";
import { wordsFor } from "./words.js";

const BEAT = 900; // milliseconds for one output cell at speed 1
const BASE = new URL("../../", import.meta.url);
const MOST_STEPS = 500; // back
const calm = matchMedia("(prefers-reduced-motion: reduce)");
const NAMES = { in: "input", w: "weight" };
const named = (index) => `(${index.join(", ")})`;
let count = 0;

class Explorer extends HTMLElement {
  connectedCallback() {
    if (this.parts) return;
    this.words = wordsFor(this.closest("[lang]")?.lang);
    this.full = this.hasAttribute("full");
    this.id ||= `explorer-${++count}`;
    this.past = []; // states to go back to, and those gone back from
    this.future = [];
    this.seed = 0;
    this.channel = 0;
    this.target = null; // a cell of input or weight that is pointed at, else null
    this.speed = 1;
    frame(this);
    this.addEventListener("keydown", this.key);
    addEventListener("pagehide", this.write);
    document.addEventListener("visibilitychange", this.rest);
    calm.addEventListener("change", this.still);
    this.still();
    this.begin();
  }

  disconnectedCallback() {
    this.stop();
    removeEventListener("hashchange", this.arrive);
    removeEventListener("pagehide", this.write);
    document.removeEventListener("visibilitychange", this.rest);
    calm.removeEventListener("change", this.still);
  }

  /** The address first, then what the visit left behind, then what the page gives. Reset returns
   *  to what was loaded first, also after the address has followed the changes and is read again. */
  begin() {
    this.start = this.getAttribute("state");
    if (!this.full) return this.open(recall(this) ?? this.start);
    addEventListener("hashchange", this.arrive);
    const hash = location.hash.slice(1);
    if (isLink(hash)) this.start = hash;
    this.start = history.state?.explorer ?? this.start;
    this.open(isLink(hash) ? hash : this.start);
  }

  arrive = () => {
    const hash = location.hash.slice(1);
    if (!isLink(hash) || hash === this.query) return;
    this.start = history.state?.explorer ?? hash;
    this.open(hash);
  };

  /** The state of a text; of one that nobody can read, what the page gives. */
  loaded(text) {
    const own = () => fromQuery(this.getAttribute("state")) ?? example(PRESETS[0][2]);
    return fromQuery(text) ?? { ...own(), notes: text ? [["", "lost"]] : [] };
  }

  open(text) {
    const state = this.loaded(text);
    this.panel.forget();
    this.set(state, { quiet: true });
    if (String(state.at) === String(this.state.at)) return;
    const note = ["at", "moved", named(state.at), named(this.state.at)];
    this.state = { ...this.state, notes: [...state.notes, note] };
    this.drawNotice();
  }

  rest = () => {
    if (document.hidden) this.stop();
  };

  /** Who wants no motion steps; nothing moves by itself. */
  still = () => {
    this.stop();
    for (const each of this.parts.moving) each.hidden = calm.matches;
  };

  /** Keys are for the explorer alone: the page has shortcuts of one letter. */
  key = (event) => {
    if (!event.ctrlKey && !event.metaKey) {
      if (event.key.length === 1) event.stopPropagation();
      return;
    }
    const key = event.key.toLowerCase();
    const by = key === "y" || (key === "z" && event.shiftKey) ? "redo" : key === "z" && "undo";
    if (!by || event.altKey || this.panel.isTyping(event.target)) return;
    event.preventDefault();
    this[by]();
  };

  // Changes ----------------------------------------------------------------------------------------

  /** A new state; `quiet` leaves the page's address alone. */
  set(state, { quiet = false } = {}) {
    if (this.state && differs(state, this.state)) {
      this.past = [...this.past.slice(1 - MOST_STEPS), this.state];
      this.future = [];
    }
    this.take(state);
    if (!quiet) this.remember();
  }

  take(state) {
    this.state = state;
    this.target = null;
    this.model = model(state);
    this.floats = areFloats(state);
    if (!this.model.refusal) {
      const most = [state.outputs, ...this.model.sizes];
      const at = state.at.map((each, i) => Math.min(each, most[i] - 1));
      if (String(at) !== String(state.at)) this.state = { ...state, at };
      const seen = this.seen();
      if (!seen.includes(this.channel)) this.channel = seen[0];
    }
    this.channel = Math.min(this.channel, state.channels - 1);
    this.draw();
  }

  undo() {
    this.travel("undo", this.past, this.future);
  }

  redo() {
    this.travel("redo", this.future, this.past);
  }

  travel(way, from, to) {
    if (!from.length) return this.say(this.words.nothing[way]);
    to.push(this.state);
    this.panel.forget();
    this.take(from.pop());
    this.remember();
    this.tell(this.words[`${way}ne`]);
  }

  reset() {
    this.whole(this.loaded(this.start));
  }

  /** Another state altogether: nothing that was typed is waiting for its field any more. */
  whole(state) {
    this.panel.forget();
    this.set(state);
  }

  /** Some parameters changed. */
  update(changes) {
    this.set(changed(this.state, changes));
    if (!this.model.refusal) this.tell(this.words.sized(this.model.sizes.join("×")));
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
      const output = Math.floor(channel / width) * (outputs / groups);
      return this.set({ ...this.state, at: [output, ...at.slice(1)] });
    }
    this.set(this.state);
  }

  choose(select) {
    if (select.value === "") return;
    this.channel = 0;
    this.whole(example(PRESETS[+select.value][2]));
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
    if (value === null) return this.refuse(field, this.parts.biasProblem, this.words.limit);
    this.set(withNumbers(this.state, "bias", [[this.state.at[0], value]]));
  }

  /** Say at a field, and to screen readers, what is wrong with what stands in it. */
  refuse(field, problem, wrong) {
    field.setAttribute("aria-invalid", "true");
    field.setAttribute("aria-describedby", problem.id);
    problem.hidden = false;
    put(problem, wrong);
    this.say(`${field.getAttribute("aria-label")} ${field.value}: ${wrong}`);
  }

  /** A number in a cell; returns what is wrong with it. */
  edit(kind, i, text) {
    const value = parse(text);
    if (value === null) {
      this.say(this.words.limit);
      return this.words.limit;
    }
    const name = NAMES[kind];
    const at = kind === "in" ? this.inputPlace(i) : this.weightPlace(i);
    const { target } = this;
    this.set(withNumbers(this.state, name, [[at, value]]));
    this.target = target;
    this.show();
    return "";
  }

  fill(kind, rule) {
    const slice = kind === "in" ? [this.channel] : this.slice();
    this.set(filled(this.state, NAMES[kind], slice, rule));
    this.tell(this.words.filled(volume(kind === "in" ? this.state.size : this.state.kernel)));
  }

  /** A matrix from a cell on; one that begins in the padding begins at the cell next to it. */
  paste(kind, i, text) {
    const { words } = this;
    const read = kind === "out" ? { problem: "output" } : matrix(text);
    let done = read;
    if (!read.problem) {
      const slice = kind === "in" ? [this.channel] : this.slice();
      const index = kind === "in" ? this.positionAt(i) : unravel(i, this.state.kernel);
      const sizes = kind === "in" ? this.state.size : this.state.kernel;
      const cell = index.map((each, axis) => Math.min(Math.max(0, each), sizes[axis] - 1));
      done = pasted(this.state, NAMES[kind], slice, cell, read);
    }
    if (done.problem) {
      const wrong = words.unpasted[done.problem]({ ...done, name: this.nameOf(done.key) });
      return this.say(wrong, true);
    }
    this.set(done.state);
    this.say(words.pasted(read.values.length, read.rounded), true);
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
    return this.inputAt(this.positionAt(i));
  }

  inputAt(position) {
    return place(inputShapeOf(this.state), [this.channel, ...position]);
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
    const held = this.contains(document.activeElement);
    const [grid] = Object.values(grids).filter((each) => each.held());
    const where = grid?.held();
    const pads = this.pads();
    const shapes = {
      in: pads.map(([b, a], axis) => b + state.size[axis] + a),
      w: state.kernel,
      out: told.refusal ? null : told.sizes,
    };
    const inside = (index) =>
      index.every((each, axis) => each >= pads[axis][0] && each < pads[axis][0] + state.size[axis]);
    const from = (index) => index.map((each, axis) => each - pads[axis][0]);
    grids.in.build(shapes.in, pads, (index) =>
      inside(index)
        ? { editable: true, label: words.place(from(index)) }
        : { look: "is-padding", label: `${words.paddingCell}, ${words.place(from(index))}` },
    );
    const label = words.place;
    grids.w.build(shapes.w, "", (index) => ({ editable: true, label: label(index) }));
    if (shapes.out) grids.out.build(shapes.out, "", (index) => ({ label: label(index) }));
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
    const made = madeUp(state, "input");
    const own = (index) => made.length > 0 && inside(index) && made[this.inputAt(from(index))];
    grids.in.fill(this.inputTexts(shapes.in).map(write), side, indices(shapes.in).map(own));
    const start = this.weightPlace(0);
    const slice = [start, start + volume(state.kernel)];
    const madeTaps = madeUp(state, "weight").slice(...slice);
    grids.w.fill(state.weight.slice(...slice).map(write), side, madeTaps);
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
    if (state.bias) {
      parts.bias.shown = written(state.bias[state.at[0]] ?? 0, true);
      parts.bias.value = parts.bias.shown;
    }
    parts.bias.removeAttribute("aria-invalid");
    parts.bias.removeAttribute("aria-describedby");
    parts.biasProblem.hidden = true;
    parts.undo.setAttribute("aria-disabled", String(!this.past.length));
    parts.redo.setAttribute("aria-disabled", String(!this.future.length));
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
    this.drawNotice();
    this.panel.show(state);
    this.show();
    if (!held) return;
    const now = document.activeElement;
    if (this.contains(now) && now.getClientRects().length) return;
    if (grid && (grid !== grids.out || shapes.out)) grid.hold(where);
    else this.focus(); // what had the focus is gone: without it, keys would go to the page
  }

  /** What the numbers and parameters shown are not, though somebody may think so. */
  drawNotice() {
    const { words, parts, state, grids } = this;
    const { notes = [] } = state;
    const told = notes.map(([name, rule, ...more]) =>
      words.notes[rule](this.nameOf(name), ...more),
    );
    if (told.length && notes[0][1] !== "lost") told.unshift(words.notes.lead);
    const made = this.made();
    if (made.length) told.push(words.notes.made(made));
    const text = [...new Set(told)].join("\n");
    put(parts.notice, text);
    for (const { element } of [grids.in, grids.w]) {
      if (text) element.setAttribute("aria-describedby", parts.notice.id);
      else element.removeAttribute("aria-describedby");
    }
  }

  /** How many numbers are made up, in words, of each array that has some. */
  made() {
    const { state, words } = this;
    return ["input", "weight", "bias"]
      .map((name) => [
        this.nameOf(name),
        state[name] ? madeUp(state, name).filter(Boolean).length : 0,
      ])
      .filter(([, count]) => count)
      .map((each) => words.notes.count(...each));
  }

  nameOf(name) {
    return this.words.names[name] ?? this.words[name] ?? name;
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

  /** What is pointed at: cells lit up, the sum, the note; nothing is built. What is under a mouse
   *  does not scroll away from it. */
  show({ mouse = false } = {}) {
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
    let ends = [null, null]; // corners of the window
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
      if (own.length) ends = [corner(own[0]), corner(own.at(-1))];
      grids.in.show(...ends);
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
    if (ends[0]) grids.in.reveal(...ends);
    if (at && !mouse) grids.out.reveal(at.slice(1), at.slice(1));
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
    this.show({ mouse: !held });
  }

  /** To another output cell; those of one channel after those of another. */
  step(by) {
    if (this.model.refusal) return;
    const cells = [this.state.outputs, ...this.model.sizes];
    const next = (place(cells, this.state.at) + by + volume(cells)) % volume(cells);
    const at = unravel(next, cells);
    const same = at[0] === this.state.at[0];
    this.target = null;
    this.state = { ...this.state, at };
    if (same) this.show();
    else this.take(this.state);
    this.grids.out.rove(place(this.model.sizes, at.slice(1)));
    this.remember();
  }

  /** One cell further in a play, which ends with the last cell of the last channel. */
  go() {
    this.step(1);
    if (this.isAtEnd()) this.stop();
  }

  isAtEnd() {
    const last = [this.state.outputs, ...this.model.sizes].map((each) => each - 1);
    return String(this.state.at) === String(last);
  }

  toggle() {
    if (this.timer) this.stop();
    else this.play();
  }

  play() {
    clearInterval(this.timer);
    if (this.model.refusal || calm.matches) return;
    if (this.isAtEnd()) this.step(1); // all over again
    this.timer = setInterval(() => this.go(), BEAT / this.speed);
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

  /** News, and the sum, for screen readers, once things have come to rest. */
  announce() {
    clearTimeout(this.telling);
    if (this.timer || !this.contains(document.activeElement)) return;
    this.telling = setTimeout(() => {
      const sum = this.parts.sum.textContent.replace(/\s+/g, " ").trim();
      const told = this.target || this.model.refusal ? "" : `: ${sum}`;
      const now = `${this.parts.note.textContent}${told}`;
      put(this.parts.live, [this.news, now].filter(Boolean).join(this.words.gap));
      this.news = null;
    }, 300);
  }

  /** News that are told with the sum. */
  tell(news) {
    this.news = news;
    this.announce();
  }

  say(text, shown = false) {
    clearTimeout(this.telling);
    this.news = null;
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

  /** The address, or the visit, keeps the state; but not one whose link had to be completed, as
   *  long as nobody has changed anything: read again, it would seem to have been complete. */
  remember() {
    if (this.parts.open) this.parts.open.href = this.address();
    if (this.state.notes?.length) return;
    clearTimeout(this.remembering);
    this.remembering = setTimeout(this.write, 250);
  }

  write = () => {
    if (!this.remembering) return;
    clearTimeout(this.remembering);
    this.remembering = null;
    if (!this.full) return keep(this, this.query);
    history.replaceState({ ...history.state, explorer: this.start }, "", `#${this.query}`);
  };

  share() {
    return this.copy(this.address(), this.words.linked, this.words.linkedMade);
  }

  /** `ofMade` says of the copy that some of its numbers are made up. */
  async copy(text, done, ofMade) {
    const { parts, words } = this;
    const copiedIt = await copied(text);
    parts.toCopy.hidden = copiedIt;
    const made = this.made();
    const caution = made.length ? ofMade(made) : this.state.notes?.length && words.copiedChanged;
    const told = (what) => this.say([what, caution].filter(Boolean).join(words.gap), true);
    if (copiedIt) return told(done);
    const field = parts.toCopy.querySelector("textarea");
    field.value = text;
    field.focus();
    field.select();
    told(words.uncopied);
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
