// One table of numbers: drawn, lit, walked through by arrow keys, and edited in place.

/** @import { Index } from "./geometry.js"
 *  @import { Words } from "./words.js" */

import { h, put } from "./dom.js";
import { indices, volume } from "./geometry.js";
import { narrow, parse } from "./numbers.js";

/** @typedef {"in" | "w" | "out"} GridName
 *  @typedef {{look?: string, label: string, editable?: boolean}} Cell  its class, its name, and
 *    whether its number can be changed */

/** What the owner of a grid wants to be told; `edit` returns what is wrong with the text.
 *  @typedef {{point: (i: number, held: boolean) => void, leave: () => void,
 *    edit: (i: number, text: string) => string, paste: (i: number, text: string) => void,
 *    play: () => void}} Heard */

const GAP = 2;
const EDGE = 6; // of the frame, beyond the cells
const BEGINS = /^[-\d.,]$/; // a number
// Where the mouse last moved to: a cell that comes to lie under it while it rests is not pointed at.
let rests = "";
/** @type {(event: PointerEvent) => string} */
const spot = ({ screenX, screenY }) => `${screenX} ${screenY}`;
addEventListener("pointermove", (event) => (rests = spot(event)), { capture: true, passive: true });

/** @type {(event: Event) => Element | null} */
const elementOf = ({ target }) => (target instanceof Element ? target : null);

/** Row and column; of one axis there is one row.
 *  @type {(index: Index) => Index} */
const yx = (index) => (index.length === 1 ? [0, ...index] : index);

export class Grid {
  /** @param {GridName} kind @param {string} label @param {Words} words @param {Heard} heard */
  constructor(kind, label, words, heard) {
    this.kind = kind;
    this.words = words;
    this.heard = heard;
    this.shape = [0, 0]; // rows and columns
    this.size = [0, 0]; // of a cell, in pixels
    /** @type {HTMLElement[]} */
    this.cells = [];
    /** @type {WeakMap<Element, number>} */
    this.places = new WeakMap();
    /** @type {Cell[]} */
    this.described = [];
    /** @type {string[]} */
    this.texts = [];
    /** @type {boolean[]} */
    this.marks = [];
    this.roving = 0; // the cell that the Tab key reaches
    this.built = ""; // from which shape
    this.again = false; // a press on the cell that has the focus
    /** @type {Map<number, string>} */
    this.lit = new Map();
    this.element = h("div", { class: `ce-grid ce-${kind}`, role: "grid", "aria-label": label });
    this.frame = h("div", { class: "ce-window", "aria-hidden": "true" });
    this.box = h(
      "div",
      { class: "ce-scroll" },
      h("div", { class: "ce-sheet" }, this.element, this.frame),
    );
    this.element.addEventListener("pointerover", (event) => this.over(event));
    this.element.addEventListener("pointerleave", (event) => {
      if (event.pointerType === "mouse" && !this.element.contains(document.activeElement)) {
        heard.leave();
      }
    });
    this.element.addEventListener("pointerdown", (event) => {
      this.again = this.at(event) !== -1 && this.cells[this.at(event)] === document.activeElement;
    });
    this.element.addEventListener("click", (event) => {
      if (this.again) this.edit(this.at(event));
    });
    this.element.addEventListener("focusin", (event) => {
      if (!elementOf(event)?.matches("[role=gridcell]")) return;
      this.rove(this.at(event));
      heard.point(this.at(event), true);
    });
    this.element.addEventListener("focusout", (event) => {
      const to = event.relatedTarget;
      if (!(to instanceof Node && this.element.contains(to))) heard.leave();
    });
    this.element.addEventListener("keydown", (event) => this.key(event));
    this.element.addEventListener("paste", (event) => this.paste(event));
    this.problem = h("p", { class: "ce-problem", hidden: true });
    /** Closes the field that stands in a cell, if there is one.
     *  @type {((text: string | null) => void) | null} */
    this.closing = null;
  }

  /** New cells, unless shape and `more` are as before: `describe` tells of each cell.
   *  @type {(shape: number[], more: unknown, describe: (index: Index) => Cell) => void} */
  build(shape, more, describe) {
    const key = JSON.stringify([shape, more]);
    if (key === this.built) return;
    this.built = key;
    this.complain(null);
    this.shape = shape.length === 1 ? [1, ...shape] : shape;
    this.described = indices(shape).map(describe);
    this.cells = [];
    this.lit.clear();
    this.texts = [];
    this.marks = [];
    this.roving = 0;
    const [height, width] = this.shape;
    const rows = [];
    for (let y = 0; y < height; y++) {
      const row = h("div", { role: "row" });
      for (let x = 0; x < width; x++) {
        const i = y * width + x;
        const { look = "", editable = false } = this.described[i];
        const cell = h("div", {
          role: "gridcell",
          class: look,
          tabindex: i ? -1 : 0,
          "aria-readonly": this.kind === "out" ? null : String(!editable),
        });
        this.places.set(cell, i);
        this.cells.push(cell);
        row.append(cell);
      }
      rows.push(row);
    }
    this.element.replaceChildren(...rows);
    this.element.style.setProperty("--columns", String(width));
    this.show(null);
  }

  /** The numbers in the cells, and which of them are made up; the longest decides the width.
   *  @type {(texts: string[], side: number, made?: boolean[]) => void} */
  fill(texts, side, made = []) {
    const longest = texts.reduce((most, text) => Math.max(most, text.length), 1);
    this.size = [Math.max(side, Math.ceil(longest * 7.3 + 9)), side];
    this.box.style.setProperty("--cell-width", `${this.size[0]}px`);
    this.box.style.setProperty("--cell-height", `${side}px`);
    texts.forEach((text, i) => {
      const mark = Boolean(made[i]);
      if (this.texts[i] === text && this.marks[i] === mark) return;
      this.texts[i] = text;
      this.marks[i] = mark;
      const cell = this.cells[i];
      cell.textContent = text;
      cell.classList.toggle("is-made", mark);
      const { label } = this.described[i];
      const name = mark ? `${label}, ${this.words.madeUp}` : label;
      cell.setAttribute("aria-label", `${name}: ${text}`);
    });
    if (this.closing && !this.element.querySelector(".ce-edit")) this.complain(null);
  }

  /** Light up cells: Map of place to class. Only what changes is touched.
   *  @type {(wanted: Map<number, string>) => void} */
  light(wanted) {
    for (const [i, look] of this.lit) {
      if (wanted.get(i) !== look) this.cells[i]?.classList.remove(...look.split(" "));
    }
    for (const [i, look] of wanted) {
      if (this.lit.get(i) !== look) this.cells[i].classList.add(...look.split(" "));
    }
    this.lit = wanted;
  }

  /** Frame the window from one cell to another, or none.
   *  @type {(corners: [from: Index, to: Index] | null) => void} */
  show(corners) {
    this.frame.hidden = !corners;
    if (!corners) return;
    const [[y, x], [bottom, right]] = corners.map(yx);
    const [width, height] = this.size;
    /** @type {(start: number, end: number, each: number) => [start: number, length: number]} */
    const span = (start, end, each) => [
      start * (each + GAP),
      (end - start + 1) * (each + GAP) - GAP,
    ];
    const [left, wide] = span(x, right, width);
    const [top, tall] = span(y, bottom, height);
    this.frame.style.transform = `translate(${left}px, ${top}px)`;
    this.frame.style.width = `${wide}px`;
    this.frame.style.height = `${tall}px`;
  }

  /** Scroll the box, and not the page, so that cells from one to another are inside.
   *  @type {(from: Index, to: Index) => void} */
  reveal(from, to) {
    const { box } = this;
    const [[y, x], [bottom, right]] = [from, to].map(yx);
    const [width, height] = this.size;
    /** @type {[first: number, last: number, each: number, side: "scrollLeft" | "scrollTop",
     *    room: "clientWidth" | "clientHeight"][]} */
    const sides = [
      [x, right, width, "scrollLeft", "clientWidth"],
      [y, bottom, height, "scrollTop", "clientHeight"],
    ];
    for (const [first, last, each, side, room] of sides) {
      const start = first * (each + GAP);
      const end = (last + 1) * (each + GAP) + EDGE;
      if (start < box[side]) box[side] = start;
      else if (end > box[side] + box[room]) box[side] = Math.min(start, end - box[room]);
    }
  }

  /** The cell with the focus as [y, x], or null; and the focus back to the nearest one there is.
   *  @type {() => Index | null} */
  held() {
    if (!this.element.contains(document.activeElement)) return null;
    const width = this.shape[1];
    return [Math.floor(this.roving / width), this.roving % width];
  }

  /** @type {(cell: Index) => void} */
  hold([y, x]) {
    const [height, width] = this.shape;
    this.cells[Math.min(y, height - 1) * width + Math.min(x, width - 1)].focus();
  }

  /** @type {(i: number) => void} */
  rove(i) {
    this.cells[this.roving]?.setAttribute("tabindex", "-1");
    this.roving = i;
    this.cells[i]?.setAttribute("tabindex", "0");
  }

  /** Which cell an event is about, -1 if none.
   *  @type {(event: Event) => number} */
  at(event) {
    const cell = elementOf(event)?.closest("[role=gridcell]");
    return (cell && this.places.get(cell)) ?? -1;
  }

  /** @type {(event: PointerEvent) => void} */
  over(event) {
    if (event.pointerType !== "mouse" || this.at(event) < 0 || spot(event) === rests) return;
    this.heard.point(this.at(event), false);
  }

  /** @type {(event: KeyboardEvent) => void} */
  key(event) {
    if (elementOf(event)?.matches("input") || event.altKey || event.metaKey) return;
    const i = this.at(event);
    const [height, width] = this.shape;
    const [y, x] = [Math.floor(i / width), i % width];
    /** @type {(row: number, column: number) => number} */
    const to = (row, column) =>
      Math.min(height - 1, Math.max(0, row)) * width + Math.min(width - 1, Math.max(0, column));
    /** @type {Record<string, number>} */
    const goals = {
      ArrowLeft: to(y, x - 1),
      ArrowRight: to(y, x + 1),
      ArrowUp: to(y - 1, x),
      ArrowDown: to(y + 1, x),
      Home: event.ctrlKey ? 0 : to(y, 0),
      End: event.ctrlKey ? volume(this.shape) - 1 : to(y, width - 1),
    };
    if (event.key in goals) this.cells[goals[event.key]].focus();
    else if (event.key === " ") this.heard.play();
    else if (event.key === "Enter" || event.key === "F2") this.edit(i);
    else if (BEGINS.test(narrow(event.key)) && !event.ctrlKey) this.edit(i, event.key);
    else return;
    event.preventDefault();
  }

  /** Several numbers go where the owner puts them; one alone may be for the open field.
   *  @type {(event: ClipboardEvent) => void} */
  paste(event) {
    const text = event.clipboardData?.getData("text") ?? "";
    const inField = elementOf(event)?.matches("input");
    if (inField && parse(text) !== null) return;
    event.preventDefault();
    const i = this.at(event);
    if (inField) this.closing?.(null);
    this.heard.paste(i, text);
  }

  /** A field in place of the cell's number, until Enter, Escape or leaving it.
   *  @type {(i: number, begun?: string) => void} */
  edit(i, begun) {
    const cell = this.cells[i];
    if (!this.described[i]?.editable) return;
    this.closing?.(null);
    const field = h("input", {
      class: "ce-edit",
      type: "text",
      inputmode: "decimal",
      "aria-label": this.described[i].label,
      autocomplete: "off",
    });
    field.value = begun ?? this.texts[i];
    let open = true;
    /** @type {(text: string | null) => void} */
    const close = (text) => {
      if (!open) return;
      open = false; // a new number takes the field away, which is a blur
      const inside = document.activeElement === field;
      const wrong = text === null ? "" : this.heard.edit(i, text);
      if (wrong) {
        open = true;
        this.complain(field, wrong);
        return;
      }
      field.remove();
      put(cell, this.texts[i]);
      this.complain(null);
      if (inside) cell.focus();
    };
    field.addEventListener("keydown", (event) => {
      event.stopPropagation();
      if (event.key === "Enter") close(field.value);
      else if (event.key === "Escape") close(null);
      else return;
      event.preventDefault();
    });
    field.addEventListener("blur", () =>
      close(["", this.texts[i]].includes(field.value.trim()) ? null : field.value),
    );
    cell.replaceChildren(field);
    this.closing = close;
    field.focus();
    if (begun === undefined) field.select();
  }

  /** Say at the grid what is wrong with a field in it, or (null) that nothing is any more.
   *  @type {(field: HTMLInputElement | null, wrong?: string) => void} */
  complain(field, wrong = "") {
    this.closing = field && this.closing;
    this.problem.hidden = !wrong;
    put(this.problem, wrong);
    field?.setAttribute("aria-invalid", "true");
    field?.setAttribute("aria-describedby", this.problem.id);
  }
}
