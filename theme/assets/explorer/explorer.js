// <conv-explorer state="kind=2d&..." [full]>: a convolution to look at, change and play through.
// `full` shows everything, and keeps the state in the page's address.

/** @import { Mode } from "./facts.js"
 *  @import { Filled, FillRule } from "./filling.js"
 *  @import { Parts, Tab } from "./frame.js"
 *  @import { Index, Layer, Pair, Place } from "./geometry.js"
 *  @import { Grid, GridName } from "./grids.js"
 *  @import { Model } from "./model.js"
 *  @import { Panel } from "./panel.js"
 *  @import { Changes, Name, Note, State } from "./state.js"
 *  @import { Explained } from "./trace.js"
 *  @import { Words } from "./words.js" */

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
  paddedSize,
  place,
  places,
  range,
  seeing,
  sliceOf,
  source,
  unravel,
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
  keysOf,
  madeUp,
  NUMBERS,
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
/** The grids that somebody can change, and what stands in them.
 *  @typedef {"in" | "w"} Given
 *  @type {Record<Given, Filled>} */
const NAMES = { in: "input", w: "weight" };
/** @type {(index: Index) => string} */
const named = (index) => `(${index.join(", ")})`;
let count = 0;

/** @typedef {Explorer} ConvExplorer  for the modules that get one */

class Explorer extends HTMLElement {
  /** States to go back to, and those gone back from.
   *  @type {State[]} */
  past = [];
  /** @type {State[]} */
  future = [];
  seed = 0;
  channel = 0;
  /** A cell of input or weight that is pointed at.
   *  @type {{kind: Given, index: Index} | null} */
  target = null;
  speed = 1;
  floats = false; // whether numbers are written as floats
  width = 0; // of the element, in pixels
  biasShown = "";
  /** The numbers of the output channel that is shown.
   *  @type {number[]} */
  values = [];
  /** @type {Tab} */
  tab = "torch";
  /** What the next announcement begins with.
   *  @type {string | null} */
  news = null;
  /** The timers of a play, of an announcement, and of keeping the state.
   *  @type {number | undefined} */
  timer;
  /** @type {number | undefined} */
  telling;
  /** @type {number | undefined} */
  remembering;
  framed = false;

  /** The rest depends on where the element stands, and is set when it comes there. */
  connectedCallback() {
    if (this.framed) return;
    this.framed = true;
    /** @type {Words} */
    this.words = wordsFor(this.closest("[lang]")?.getAttribute("lang"));
    /** @type {boolean} */
    this.full = this.hasAttribute("full");
    this.id ||= `explorer-${++count}`;
    const { grids, panel, parts } = frame(this);
    /** @type {Record<GridName, Grid>} */
    this.grids = grids;
    /** @type {Panel} */
    this.panel = panel;
    /** @type {Parts} */
    this.parts = parts;
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
    /** The text of the state that Reset returns to.
     *  @type {string | null} */
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

  /** The state of a text; of one that nobody can read, what the page gives.
   *  @type {(text: string | null) => State} */
  loaded(text) {
    const own = () => fromQuery(this.getAttribute("state")) ?? example(PRESETS[0][2]);
    return fromQuery(text) ?? { ...own(), notes: text ? [["", "lost"]] : [] };
  }

  /** @type {(text: string | null) => void} */
  open(text) {
    const state = this.loaded(text);
    this.panel.forget();
    this.set(state, { quiet: true });
    if (String(state.at) === String(this.state.at)) return;
    this.note(["at", "moved", named(state.at), named(this.state.at)]);
  }

  rest = () => {
    if (document.hidden) this.stop();
  };

  /** Who wants no motion steps; nothing moves by itself. */
  still = () => {
    this.stop();
    for (const each of this.parts.moving) each.hidden = calm.matches;
  };

  /** Keys are for the explorer alone: the page has shortcuts of one letter.
   *  @type {(event: KeyboardEvent) => void} */
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

  /** A new state; `quiet` leaves the page's address alone.
   *  @type {(state: State, how?: {quiet?: boolean}) => void} */
  set(state, { quiet = false } = {}) {
    // Before the first there is nothing to go back to.
    if (this.state && differs(state, this.state)) {
      this.past = [...this.past.slice(1 - MOST_STEPS), this.state];
      this.future = [];
    }
    this.take(state);
    if (!quiet) this.remember();
  }

  /** @type {(state: State) => void} */
  take(state) {
    /** @type {State} */
    this.state = state;
    this.target = null;
    /** @type {Model} */
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

  /** @type {(note: Note) => void} */
  note(note) {
    this.state = { ...this.state, notes: [...(this.state.notes ?? []), note] };
    this.drawNotice();
  }

  undo() {
    this.travel("undo", this.past, this.future);
  }

  redo() {
    this.travel("redo", this.future, this.past);
  }

  /** @type {(way: "undo" | "redo", from: State[], to: State[]) => void} */
  travel(way, from, to) {
    const state = from.pop();
    if (!state) return this.say(this.words.nothing[way]);
    to.push(this.state);
    this.panel.forget();
    this.take(state);
    this.remember();
    this.tell(way === "undo" ? this.words.undone : this.words.redone);
  }

  reset() {
    this.whole(this.loaded(this.start));
  }

  /** Another state altogether: nothing that was typed is waiting for its field any more.
   *  @type {(state: State) => void} */
  whole(state) {
    this.panel.forget();
    this.set(state);
  }

  /** Some parameters changed.
   *  @type {(changes: Changes) => void} */
  update(changes) {
    this.set(changed(this.state, changes));
    if (!this.model.refusal) this.tell(this.words.sized(this.model.sizes.join("×")));
  }

  /** Input channels that the output channel in question sees. */
  seen() {
    const { at, channels, outputs, groups } = this.state;
    return groupChannels(Math.min(at[0], outputs - 1), channels, outputs, groups);
  }

  /** @type {(channel: number) => void} */
  see(channel) {
    this.channel = channel;
    if (!this.model.refusal && !this.seen().includes(channel)) {
      const [output] = seeing(this.model.layer, channel);
      return this.set({ ...this.state, at: [output, ...this.state.at.slice(1)] });
    }
    this.set(this.state);
  }

  /** @type {(select: HTMLSelectElement) => void} */
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

  /** @type {(field: HTMLInputElement) => void} */
  setBias(field) {
    const value = parse(field.value);
    if (value === null) return this.refuse(field, this.parts.biasProblem, this.words.limit);
    this.set(withNumbers(this.state, "bias", [[this.state.at[0], value]]));
  }

  /** Say at a field, and to screen readers, what is wrong with what stands in it.
   *  @type {(field: HTMLInputElement, problem: HTMLElement, wrong: string) => void} */
  refuse(field, problem, wrong) {
    field.setAttribute("aria-invalid", "true");
    field.setAttribute("aria-describedby", problem.id);
    problem.hidden = false;
    put(problem, wrong);
    this.say(`${field.getAttribute("aria-label")} ${field.value}: ${wrong}`);
  }

  /** A number in a cell; returns what is wrong with it.
   *  @type {(kind: Given, i: number, text: string) => string} */
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

  /** @type {(kind: Given, rule: FillRule) => void} */
  fill(kind, rule) {
    const slice = kind === "in" ? [this.channel] : this.slice();
    this.set(filled(this.state, NAMES[kind], slice, rule));
    this.tell(this.words.filled(volume(kind === "in" ? this.state.size : this.state.kernel)));
  }

  /** A matrix from a cell on; one that begins in the padding begins at the cell next to it.
   *  @type {(kind: GridName, i: number, text: string) => void} */
  paste(kind, i, text) {
    const { words } = this;
    if (kind === "out") return this.say(words.unpasted.output(), true);
    const read = matrix(text);
    if ("problem" in read) return this.say(words.unpasted[read.problem](read), true);
    const slice = kind === "in" ? [this.channel] : this.slice();
    const index = kind === "in" ? this.positionAt(i) : unravel(this.state.kernel, i);
    const sizes = kind === "in" ? this.state.size : this.state.kernel;
    const cell = index.map((each, axis) => Math.min(Math.max(0, each), sizes[axis] - 1));
    const done = pasted(this.state, NAMES[kind], slice, cell, read);
    if ("state" in done) {
      this.set(done.state);
      this.say(words.pasted(read.values.length, read.rounded), true);
    } else if (done.problem === "most")
      this.say(words.unpasted.most({ ...done, name: this.nameOf(done.key) }), true);
    else this.say(words.unpasted[done.problem](), true);
  }

  // Which number a cell of a grid stands for -------------------------------------------------------

  /** Position [y, x] of a cell of the input's grid, padding included.
   *  @type {(i: number) => Index} */
  positionAt(i) {
    const pads = this.pads();
    return unravel(this.widths(), i).map((each, axis) => each - pads[axis][0]);
  }

  /** @type {() => Pair[]} */
  pads() {
    if (this.state.kind === "transposed") return this.state.size.map(() => [0, 0]);
    return padsOf(this.state);
  }

  /** @type {(i: number) => number} */
  inputPlace(i) {
    return this.inputAt(this.positionAt(i));
  }

  /** @type {(position: Index) => number} */
  inputAt(position) {
    return place(inputShapeOf(this.state), [this.channel, ...position]);
  }

  /** The first two indices of the weight slice that is shown.
   *  @type {() => Index} */
  slice() {
    if (this.model.refusal) return [0, 0];
    return sliceOf(this.model.layer, this.state.at[0], this.channel);
  }

  /** @type {(i: number) => Index} */
  weightIndex(i) {
    return [...this.slice(), ...unravel(this.state.kernel, i)];
  }

  /** @type {(i: number) => number} */
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
      in: this.widths(),
      w: state.kernel,
      out: told.refusal ? null : told.sizes,
    };
    /** @type {(index: Index) => boolean} */
    const inside = (index) =>
      index.every((each, axis) => each >= pads[axis][0] && each < pads[axis][0] + state.size[axis]);
    /** @type {(index: Index) => Index} */
    const from = (index) => index.map((each, axis) => each - pads[axis][0]);
    grids.in.build(shapes.in, pads, (index) =>
      inside(index)
        ? { editable: true, label: words.place(from(index)) }
        : { look: "is-padding", label: `${words.paddingCell}, ${words.place(from(index))}` },
    );
    const label = words.place;
    grids.w.build(shapes.w, "", (index) => ({ editable: true, label: label(index) }));
    if (shapes.out) grids.out.build(shapes.out, "", (index) => ({ label: label(index) }));
    const most = Math.max(shapes.in.at(-1) ?? 1, shapes.in.at(-2) ?? 1, shapes.out?.at(-1) ?? 1);
    const roomy = most <= 9 ? 34 : most <= 12 ? 29 : most <= 16 ? 26 : 24;
    const columns = [shapes.in, shapes.w, shapes.out ?? []].reduce(
      (n, each) => n + (each.at(-1) ?? 0),
      0,
    );
    const around = (state.kernel.at(-1) ?? 1) < 3 ? 210 : 150; // signs and gaps; a title over a small kernel
    const fitting = Math.floor((this.width - around) / columns) - 2; // side by side, if that can be
    const side =
      this.width < 480 ? Math.min(30, roomy) : fitting < 24 ? roomy : Math.min(fitting, roomy);
    /** @type {(value: number) => string} */
    const write = (value) => written(value, this.floats);
    const made = madeUp(state, "input");
    /** @type {(index: Index) => boolean} */
    const own = (index) => made.length > 0 && inside(index) && made[this.inputAt(from(index))];
    grids.in.fill(this.inputTexts(shapes.in).map(write), side, indices(shapes.in).map(own));
    const start = this.weightPlace(0);
    const slice = [start, start + volume(state.kernel)];
    const madeTaps = madeUp(state, "weight").slice(...slice);
    grids.w.fill(state.weight.slice(...slice).map(write), side, madeTaps);
    if (!told.refusal) {
      this.values = told.channel(state.at[0]);
      grids.out.fill(this.values.map(write), side);
    }
    this.classList.toggle("is-refused", Boolean(told.refusal));
    parts.sign.textContent = state.kind === "transposed" ? "∗ᵀ" : "∗";
    /** @type {(shape: number[]) => string} */
    const times = (shape) => shape.join("×");
    put(parts.input.size, times(state.size));
    put(parts.weight.size, times(state.kernel));
    put(parts.result.size, shapes.out ? times(shapes.out) : "");
    /** @type {(n: number) => [value: number, text: number][]} */
    const all = (n) => range(n).map((each) => [each, each]);
    options(parts.channel.select, all(state.channels), this.channel);
    options(parts.output.select, all(state.outputs), state.at[0]);
    parts.channel.box.hidden = state.channels === 1;
    parts.output.box.hidden = state.outputs === 1;
    parts.biasBox.hidden = !state.bias;
    if (state.bias) {
      this.biasShown = written(state.bias[state.at[0]] ?? 0, true);
      parts.bias.value = this.biasShown;
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
    this.style.setProperty("--sum-rows", String(told.refusal ? 1 : this.sumRows(told.layer)));
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
    if (this.contains(now) && now?.getClientRects().length) return;
    if (where && (grid !== grids.out || shapes.out)) grid.hold(where);
    else this.focus(); // what had the focus is gone: without it, keys would go to the page
  }

  /** What the numbers and parameters shown are not, though somebody may think so. */
  drawNotice() {
    const { words, parts, state, grids } = this;
    const { notes = [] } = state;
    const told = notes.map(([name, rule, ...more]) =>
      words.notes[rule](this.nameOf(name), ...more),
    );
    if (told.length && notes[0][1] !== "lost") told.unshift(words.lead);
    const made = this.made();
    if (made.length) told.push(words.underlined(made));
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
    return NUMBERS.flatMap((name) => {
      const count = state[name] ? madeUp(state, name).filter(Boolean).length : 0;
      return count ? [words.counted(this.nameOf(name), count)] : [];
    });
  }

  /** @type {(name: Name | "") => string} */
  nameOf(name) {
    return { ...this.words, ...this.words.names, "": "" }[name];
  }

  /** @type {(shape: number[]) => number[]} */
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
      return cell.every((each) => each !== null) ? state.input[from + place(state.size, cell)] : 0;
    });
  }

  /** Lines for the longest sum, so that nothing below moves while cells change. The lengths of the
   *  texts are added up as the numbers are: by the convolution itself.
   *  @type {(layer: Layer) => number} */
  sumRows(layer) {
    const { state, floats } = this;
    /** @type {(list: number[]) => number[]} */
    const lengths = (list) => list.map((each) => factor(each, floats).length);
    const [x, w] = [lengths(state.input), lengths(state.weight)];
    /** @type {(input: number[], weight: number[], mode?: Mode) => number} */
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
    const across = state.kernel.at(-1) ?? 1;
    const rows = Math.max(1, across === 1 ? Math.ceil(count / 8) : Math.ceil(count / across));
    return Math.min(9, rows * Math.ceil(sum / rows / wide) + (state.bias ? 2 : 1));
  }

  drawFacts() {
    const { words, parts, model: told } = this;
    /** @type {(name: string, ...values: string[]) => HTMLElement} */
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
   *  does not scroll away from it.
   *  @type {(how?: {mouse?: boolean}) => void} */
  show({ mouse = false } = {}) {
    const { state, grids, parts, words, target, model: told } = this;
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
    /** @type {Record<GridName, Map<number, string>>} */
    const lit = { in: new Map(), w: new Map(), out: new Map() };
    /** @type {(grid: GridName, i: number, look: string) => void} */
    const mark = (grid, i, look) =>
      lit[grid].set(i, [lit[grid].get(i), look].filter(Boolean).join(" "));
    /** @type {(where: Index) => number} */
    const inputAt = (where) =>
      place(
        this.widths(),
        where.map((each, axis) => each + this.pads()[axis][0]),
      );
    let note;
    /** @type {[from: Index, to: Index] | null} */
    let ends = null; // corners of the window
    if (!target) {
      const { at } = state;
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
      /** @type {(each: Place) => Index} */
      const corner = (each) => each.position.slice(1).map((q, axis) => q + this.pads()[axis][0]);
      if (own.length) ends = [corner(own[0]), corner(own[own.length - 1])];
      grids.in.show(ends);
      /** @type {Explained} */
      this.explained = explain(layer, at);
      put(parts.sum, this.explained.sum);
      const cell = named(state.outputs > 1 ? at : at.slice(1));
      note = words.at(cell, written(this.explained.total, this.floats));
      if (mirrored) note += ` · ${words.mirrors(mirrored)}`;
    } else {
      const { kind, index } = target;
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
        const there = cell.every((each) => each !== null) ? cell : null;
        const shown = there && [this.channel, ...there];
        fed = outside ? fedByPosition(layer, index) : fedByInput(layer, index);
        mark("in", inputAt(where), "is-here");
        if (outside && there) mark("in", inputAt(there), "is-source");
        /** @type {(list: Index) => string} */
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
    for (const name of keysOf(lit)) grids[name].light(lit[name]);
    this.render();
    this.announce();
    if (ends) grids.in.reveal(...ends);
    if (!target && !mouse) grids.out.reveal(state.at.slice(1), state.at.slice(1));
  }

  widths() {
    const { size } = this.state;
    return this.pads().map(([before, after], axis) =>
      paddedSize({ before, size: size[axis], after }),
    );
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
    if (parts.code.hidden) return;
    const texts = {
      torch: () => torchCode(this.state),
      convref: () => convrefCode(this.state),
      terms: () => (this.model.refusal ? "" : this.explained.table),
    };
    put(parts.text, texts[this.tab]());
  }

  /** @type {(tab: Tab) => void} */
  turn(tab) {
    this.tab = tab;
    this.render();
  }

  // Pointing, playing, telling ---------------------------------------------------------------------

  /** A cell is pointed at; `held` means that it has the focus.
   *  @type {(kind: GridName, i: number, held: boolean) => void} */
  point(kind, i, held) {
    if (this.timer && !held) return; // passing over a play does not end it
    if (kind === "out" && !this.model.refusal) {
      this.stop();
      this.target = null;
      this.state = { ...this.state, at: [this.state.at[0], ...unravel(this.model.sizes, i)] };
      this.grids.out.rove(i);
      this.remember();
    } else if (kind !== "out") {
      this.stop();
      const index = kind === "in" ? [this.channel, ...this.positionAt(i)] : this.weightIndex(i);
      this.target = { kind, index };
    }
    this.show({ mouse: !held });
  }

  /** No cell is pointed at any more. */
  leave() {
    if (this.timer || !this.target) return;
    this.target = null;
    this.show({ mouse: true });
  }

  /** To another output cell; those of one channel after those of another.
   *  @type {(by: number) => void} */
  step(by) {
    if (this.model.refusal) return;
    const cells = [this.state.outputs, ...this.model.sizes];
    const next = (place(cells, this.state.at) + by + volume(cells)) % volume(cells);
    const at = unravel(cells, next);
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
    if (this.model.refusal) return true;
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
    this.timer = undefined;
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

  /** News that are told with the sum.
   *  @type {(news: string) => void} */
  tell(news) {
    this.news = news;
    this.announce();
  }

  /** @type {(text: string, shown?: boolean) => void} */
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
    this.remembering = undefined;
    if (!this.full) return keep(this, this.query);
    history.replaceState({ ...history.state, explorer: this.start }, "", `#${this.query}`);
  };

  share() {
    return this.copy(this.address(), this.words.linked, this.words.linkedMade);
  }

  /** `ofMade` says of the copy that some of its numbers are made up.
   *  @type {(text: string, done: string, ofMade: (list: string[]) => string) => Promise<void>} */
  async copy(text, done, ofMade) {
    const { parts, words } = this;
    const copiedIt = await copied(text);
    parts.toCopy.hidden = copiedIt;
    const made = this.made();
    const caution = made.length ? ofMade(made) : this.state.notes?.length && words.copiedChanged;
    /** @type {(what: string) => void} */
    const told = (what) => this.say([what, caution].filter(Boolean).join(words.gap), true);
    if (copiedIt) return told(done);
    parts.copyField.value = text;
    parts.copyField.focus();
    parts.copyField.select();
    told(words.uncopied);
  }

  save() {
    const file = new Blob([picture(this)], { type: "image/svg+xml" });
    const link = h("a", { href: URL.createObjectURL(file), download: "convolution.svg" });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  }
}

customElements.define("conv-explorer", Explorer);
