// What the grids show, as one SVG file with the colours of the palette in use.

/** @import { ConvExplorer } from "./explorer.js"
 *  @import { Part, Parts } from "./frame.js"
 *  @import { Grid } from "./grids.js"
 *  @import { State } from "./state.js"
 *  @import { Words } from "./words.js" */

import { volume } from "./geometry.js";

const GAP = 2;
const SPACE = 40;
const TOKENS = [
  "paper",
  "text",
  "muted",
  "line",
  "input",
  "padding",
  "window",
  "window-fill",
  "weight",
  "output",
  "output-line",
];
/** @type {Record<string, string>} */
const SIGNS = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };
/** @type {(text: string) => string} */
const safe = (text) => text.replace(/[&<>]/g, (sign) => SIGNS[sign]);

/** @type {(explorer: ConvExplorer) => string} */
export function picture({ grids, parts, words, model, state, channel, biasShown }) {
  const style = getComputedStyle(parts.sum);
  const colour = Object.fromEntries(
    TOKENS.map((name) => [name, style.getPropertyValue(`--cf-${name}`).trim()]),
  );
  /** @type {(count: number, which: number) => string} */
  const of = (count, which) => (count > 1 ? `${words.channel} ${which}` : "");
  const bias = state.bias ? `+ ${words.bias} ${biasShown}` : "";
  /** @type {[grid: Grid, name: string, fill: string, part: Part, more: string][]} */
  const shown = [
    [grids.in, words.input, "input", parts.input, of(state.channels, channel)],
    [grids.w, words.kernel, "weight", parts.weight, bias],
    [grids.out, words.output, "output", parts.result, of(state.outputs, state.at[0])],
  ];
  if (model.refusal) shown.pop();
  const signs = ["", parts.sign.textContent, "="];
  const sizes = shown.map(([grid]) => {
    const [rows, columns] = grid.shape;
    return [columns * (grid.size[0] + GAP), rows * (grid.size[1] + GAP)];
  });
  const tall = Math.max(...sizes.map(([, height]) => height));
  const told = model.refusal
    ? [`${model.refusal.type}: ${model.refusal.message}`]
    : [...parts.sum.textContent.split("\n"), ...factsOf(parts)];
  const lines = [...told, settings(state, words)].filter(Boolean);
  const width = Math.max(
    sizes.reduce((sum, [each]) => sum + each + SPACE, 0),
    ...lines.map((line) => line.length * 7.9 + 2 * SPACE),
  );
  const height = tall + 80 + 18 * lines.length;
  /** @type {string[]} */
  const out = [];
  let left = SPACE / 2;
  shown.forEach(([grid, name, fill, part, more], at) => {
    if (signs[at]) out.push(text(left - SPACE / 2, 30 + tall / 2, signs[at], colour.muted, 18));
    const middle = left + sizes[at][0] / 2;
    out.push(text(middle, 16, `${name} ${part.size.textContent}`, colour.muted, 12));
    const top = 30 + (tall - sizes[at][1]) / 2;
    if (more) out.push(text(middle, top + sizes[at][1] + 14, more, colour.muted, 12));
    out.push(cells(grid, left, top, fill, colour));
    left += sizes[at][0] + SPACE;
  });
  lines.forEach((line, i) => {
    const at = `x="${SPACE / 2}" y="${tall + 74 + 18 * i}"`;
    out.push(`<text ${at} fill="${colour.text}" xml:space="preserve">${safe(line)}</text>`);
  });
  const title = `${words.kinds[state.kind]}: ${parts.note.textContent}`;
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}"` +
    ` font-family="ui-monospace, Menlo, Consolas, monospace" font-size="13" role="img"><title>${safe(title)}</title>` +
    `<rect width="100%" height="100%" fill="${colour.paper}"/>${out.join("")}</svg>\n`
  );
}

/** The facts as lines: their name and their values.
 *  @type {(parts: Parts) => string[]} */
const factsOf = (parts) =>
  [...parts.facts.children].map((fact) =>
    [...fact.children].map((each) => each.textContent).join("  "),
  );

/** The parameters that are not at their usual values.
 *  @type {(state: State, words: Words) => string} */
function settings(state, words) {
  /** @type {(list: number[]) => string | number} */
  const one = (list) => (new Set(list).size === 1 ? list[0] : `(${list.join(", ")})`);
  const { padding } = state;
  const sides = typeof padding === "string" ? padding : one(padding.flat());
  return [
    [words.stride, one(state.stride), 1],
    [words.dilation, one(state.dilation), 1],
    [words.padding, sides, 0],
    [words.mode, state.mode, "zeros"],
    [words.extra, one(state.extra), 0],
    [words.groups, state.groups, 1],
  ]
    .filter(([, value, usual]) => value !== usual)
    .map(([name, value]) => `${name} ${value}`)
    .join(" · ");
}

/** @type {(x: number, y: number, words: string, fill: string, size: number) => string} */
const text = (x, y, words, fill, size) =>
  `<text x="${x}" y="${y}" text-anchor="middle" fill="${fill}" font-size="${size}">${safe(words)}</text>`;

/** @type {(grid: Grid, left: number, top: number, fill: string, colour: Record<string, string>) =>
 *    string} */
function cells(grid, left, top, fill, colour) {
  const [wide, high] = grid.size;
  const [, columns] = grid.shape;
  const out = [];
  for (let i = 0; i < volume(grid.shape); i++) {
    const { classList } = grid.cells[i];
    const x = left + (i % columns) * (wide + GAP);
    const y = top + Math.floor(i / columns) * (high + GAP);
    const padding = classList.contains("is-padding");
    const back = classList.contains("is-tap") ? "window-fill" : padding ? "padding" : fill;
    const strong = ["is-now", "is-fed", "is-here", "is-source"].find((each) =>
      classList.contains(each),
    );
    const edge =
      strong === "is-now" || strong === "is-fed" ? "output-line" : strong ? "window" : "line";
    out.push(
      `<rect x="${x}" y="${y}" width="${wide}" height="${high}" rx="3" fill="${colour[back]}"` +
        ` stroke="${colour[edge]}" stroke-width="${strong ? 2.5 : 1}"${padding ? ' stroke-dasharray="3 2.5"' : ""}/>` +
        text(
          x + wide / 2,
          y + high / 2 + 4.5,
          grid.texts[i],
          colour[padding ? "muted" : "text"],
          12,
        ),
    );
  }
  if (!grid.frame.hidden) {
    const { transform, width, height } = grid.frame.style;
    const [x, y] = Array.from(transform.matchAll(/-?[\d.]+(?=px)/g), Number);
    out.push(
      `<rect x="${left + x - 2}" y="${top + y - 2}" width="${parseFloat(width) + 4}" height="${parseFloat(height) + 4}"` +
        ` rx="4" fill="none" stroke="${colour.window}" stroke-width="3"/>`,
    );
  }
  return out.join("");
}
