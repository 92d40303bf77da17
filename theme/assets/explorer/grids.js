// One table of numbers: drawn, lit, walked through by arrow keys, and edited in place.

import { h, put } from "./dom.js";
import { indices, volume } from "./geometry.js";
import { narrow, parse } from "./numbers.js";

const GAP = 2;
const EDGE = 6; // of the frame, beyond the cells
const BEGINS = /^[-\d.,]$/; // a number
// Where the mouse last moved to: a cell that comes to lie under it while it rests is not pointed at.
let rests = "";
const spot = ({ screenX, screenY }) => `${screenX} ${screenY}`;
addEventListener("pointermove", (event) => (rests = spot(event)), { capture: true, passive: true });

export class Grid {
  /** `heard` holds what the owner wants to be told: point(i), leave(), edit(i, text), which returns
   *  what is wrong with the text, paste(i, text) and play(). `words` are those for made-up numbers. */
  constructor(kind, label, words, heard) {
    this.kind = kind;
    this.words = words;
    this.heard = heard;
    this.cells = [];
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
      if (event.target.role !== "gridcell" && !event.target.matches("[role=gridcell]")) return;
      this.rove(this.at(event));
      heard.point(this.at(event), true);
    });
    this.element.addEventListener("focusout", (event) => {
      if (!this.element.contains(event.relatedTarget)) heard.leave();
    });
    this.element.addEventListener("keydown", (event) => this.key(event));
    this.element.addEventListener("paste", (event) => this.paste(event));
    this.problem = h("p", { class: "ce-problem", hidden: true });
    this.closing = null; // closes the field that stands in a cell, if there is one
  }

  /** New cells, unless shape and `more` are as before: `describe(index)` gives a cell's class, its
   *  label, and whether it can be edited. */
  build(shape, more, describe) {
    const key = JSON.stringify([shape, more]);
    if (key === this.built) return;
    this.built = key;
    this.complain(null);
    this.shape = shape.length === 1 ? [1, ...shape] : shape;
    this.cells = [];
    this.lit.clear();
    this.texts = [];
    this.marks = [];
    this.roving = 0;
    const [height, width] = this.shape;
    const all = indices(shape);
    const rows = [];
    for (let y = 0; y < height; y++) {
      const row = h("div", { role: "row" });
      for (let x = 0; x < width; x++) {
        const i = y * width + x;
        const { look = "", label, editable = false } = describe(all[i]);
        const cell = h("div", {
          role: "gridcell",
          class: look,
          tabindex: i ? -1 : 0,
          "aria-readonly": this.kind === "out" ? null : String(!editable),
        });
        cell.place = i;
        cell.label = label;
        cell.editable = editable;
        this.cells.push(cell);
        row.append(cell);
      }
      rows.push(row);
    }
    this.element.replaceChildren(...rows);
    this.element.style.setProperty("--columns", width);
    this.show(null);
  }

  /** The numbers in the cells, and which of them are made up; the longest decides the width. */
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
      const name = mark ? `${cell.label}, ${this.words.madeUp}` : cell.label;
      cell.setAttribute("aria-label", `${name}: ${text}`);
    });
    if (this.closing && !this.element.querySelector(".ce-edit")) this.complain(null);
  }

  /** Light up cells: Map of place to class. Only what changes is touched. */
  light(wanted) {
    for (const [i, look] of this.lit) {
      if (wanted.get(i) !== look) this.cells[i]?.classList.remove(...look.split(" "));
    }
    for (const [i, look] of wanted) {
      if (this.lit.get(i) !== look) this.cells[i].classList.add(...look.split(" "));
    }
    this.lit = wanted;
  }

  /** Frame the window from one [y, x] to another, or none. */
  show(from, to) {
    this.frame.hidden = !from;
    if (!from) return;
    const [width, height] = this.size;
    const span = (start, end, each) => [
      start * (each + GAP),
      (end - start + 1) * (each + GAP) - GAP,
    ];
    const [left, wide] = span(from.at(-1), to.at(-1), width);
    const [top, tall] = span(from.at(-2) ?? 0, to.at(-2) ?? 0, height);
    this.frame.style.transform = `translate(${left}px, ${top}px)`;
    this.frame.style.width = `${wide}px`;
    this.frame.style.height = `${tall}px`;
  }

  /** Scroll the box, and not the page, so that cells from one [y, x] to another are inside. */
  reveal(from, to) {
    const { box } = this;
    const [width, height] = this.size;
    for (const [axis, each, side, room] of [
      [-1, width, "scrollLeft", "clientWidth"],
      [-2, height, "scrollTop", "clientHeight"],
    ]) {
      const start = (from.at(axis) ?? 0) * (each + GAP);
      const end = ((to.at(axis) ?? 0) + 1) * (each + GAP) + EDGE;
      if (start < box[side]) box[side] = start;
      else if (end > box[side] + box[room]) box[side] = Math.min(start, end - box[room]);
    }
  }

  /** The cell with the focus as [y, x], or null; and the focus back to the nearest one there is. */
  held() {
    if (!this.element.contains(document.activeElement)) return null;
    const width = this.shape[1];
    return [Math.floor(this.roving / width), this.roving % width];
  }

  hold([y, x]) {
    const [height, width] = this.shape;
    this.cells[Math.min(y, height - 1) * width + Math.min(x, width - 1)].focus();
  }

  rove(i) {
    this.cells[this.roving]?.setAttribute("tabindex", "-1");
    this.roving = i;
    this.cells[i]?.setAttribute("tabindex", "0");
  }

  at(event) {
    return event.target.closest?.("[role=gridcell]")?.place ?? -1;
  }

  over(event) {
    if (event.pointerType !== "mouse" || this.at(event) < 0 || spot(event) === rests) return;
    this.heard.point(this.at(event), false);
  }

  key(event) {
    if (event.target.matches("input") || event.altKey || event.metaKey) return;
    const i = this.at(event);
    const [height, width] = this.shape;
    const [y, x] = [Math.floor(i / width), i % width];
    const to = (row, column) =>
      Math.min(height - 1, Math.max(0, row)) * width + Math.min(width - 1, Math.max(0, column));
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

  /** Several numbers go where the owner puts them; one alone may be for the open field. */
  paste(event) {
    const text = event.clipboardData.getData("text");
    const inField = event.target.matches("input");
    if (inField && parse(text) !== null) return;
    event.preventDefault();
    const i = this.at(event);
    if (inField) this.closing(null);
    this.heard.paste(i, text);
  }

  /** A field in place of the cell's number, until Enter, Escape or leaving it. */
  edit(i, begun) {
    const cell = this.cells[i];
    if (!cell?.editable) return;
    this.closing?.(null);
    const field = h("input", {
      class: "ce-edit",
      type: "text",
      inputmode: "decimal",
      "aria-label": cell.label,
      autocomplete: "off",
    });
    field.value = begun ?? this.texts[i];
    let open = true;
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

  /** Say at the grid what is wrong with a field in it, or (null) that nothing is any more. */
  complain(field, wrong = "") {
    this.closing = field && this.closing;
    this.problem.hidden = !wrong;
    put(this.problem, wrong);
    field?.setAttribute("aria-invalid", "true");
    field?.setAttribute("aria-describedby", this.problem.id);
  }
}
