// One table of numbers: drawn, lit, walked through by arrow keys, and edited in place.

import { indices, volume } from "./geometry.js";
import { h, put } from "./dom.js";

const GAP = 2;

export class Grid {
  /** `heard` holds what the owner wants to be told: point(i), leave(), edit(i, text), play(). */
  constructor(kind, label, heard) {
    this.kind = kind;
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
  }

  /** New cells, unless shape and `more` are as before: `describe(index)` gives a cell's class, its
   *  label, and whether it can be edited. */
  build(shape, more, describe) {
    const key = JSON.stringify([shape, more]);
    if (key === this.made) return;
    this.made = key;
    this.shape = shape.length === 1 ? [1, ...shape] : shape;
    this.cells = [];
    this.lit.clear();
    this.texts = [];
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

  /** The numbers in the cells; their longest decides the width, their count the height. */
  fill(texts, side) {
    const longest = texts.reduce((most, text) => Math.max(most, text.length), 1);
    this.size = [Math.max(side, Math.ceil(longest * 7.3 + 9)), side];
    this.box.style.setProperty("--cell-width", `${this.size[0]}px`);
    this.box.style.setProperty("--cell-height", `${side}px`);
    texts.forEach((text, i) => {
      if (this.texts[i] === text) return;
      this.texts[i] = text;
      const cell = this.cells[i];
      cell.textContent = text;
      if (cell.label) cell.setAttribute("aria-label", `${cell.label}: ${text}`);
    });
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

  rove(i) {
    this.cells[this.roving]?.setAttribute("tabindex", "-1");
    this.roving = i;
    this.cells[i]?.setAttribute("tabindex", "0");
  }

  at(event) {
    return event.target.closest?.("[role=gridcell]")?.place ?? -1;
  }

  over(event) {
    if (event.pointerType === "mouse" && this.at(event) >= 0)
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
    else if (/^[-\d.]$/.test(event.key) && !event.ctrlKey) this.edit(i, event.key);
    else return;
    event.preventDefault();
  }

  /** A field in place of the cell's number, until Enter, Escape or leaving it. */
  edit(i, begun) {
    const cell = this.cells[i];
    if (!cell?.editable) return;
    const field = h("input", {
      class: "ce-edit",
      type: "text",
      inputmode: "decimal",
      "aria-label": cell.label ?? this.element.getAttribute("aria-label"),
      autocomplete: "off",
    });
    field.value = begun ?? this.texts[i];
    let open = true;
    const close = (text) => {
      if (!open) return;
      open = false; // a new number takes the field away, which is a blur
      const inside = document.activeElement === field;
      if (text !== null && !this.heard.edit(i, text)) {
        open = true;
        field.setAttribute("aria-invalid", "true");
        return;
      }
      field.remove();
      put(cell, this.texts[i]);
      if (inside) cell.focus();
    };
    field.addEventListener("keydown", (event) => {
      event.stopPropagation();
      if (event.key === "Enter") close(field.value);
      else if (event.key === "Escape") close(null);
      else return;
      event.preventDefault();
    });
    field.addEventListener("blur", () => {
      close(field.value);
      close(null);
    });
    cell.replaceChildren(field);
    field.focus();
    if (begun === undefined) field.select();
  }
}
