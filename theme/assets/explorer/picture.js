// What the grids show, as one SVG file with the colours of the palette in use.

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
const SIGNS = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };
const safe = (text) => text.replace(/[&<>]/g, (sign) => SIGNS[sign]);

export function picture({ grids, parts, words, model, state }) {
  const style = getComputedStyle(parts.sum);
  const colour = Object.fromEntries(
    TOKENS.map((name) => [name, style.getPropertyValue(`--cf-${name}`).trim()]),
  );
  const shown = [
    [grids.in, words.input, "input"],
    [grids.w, words.kernel, "weight"],
  ];
  if (!model.refusal) shown.push([grids.out, words.output, "output"]);
  const signs = ["", parts.sign.textContent, "="];
  const sizes = shown.map(([grid]) => {
    const [rows, columns] = grid.shape;
    return [columns * (grid.size[0] + GAP), rows * (grid.size[1] + GAP)];
  });
  const tall = Math.max(...sizes.map(([, height]) => height));
  const lines = (model.refusal?.message ?? parts.sum.textContent).split("\n");
  const width = Math.max(
    sizes.reduce((sum, [each]) => sum + each + SPACE, 0),
    ...lines.map((line) => line.length * 7.9 + 2 * SPACE),
  );
  const height = tall + 60 + 18 * lines.length;
  const out = [];
  let left = SPACE / 2;
  shown.forEach(([grid, name, fill], at) => {
    if (signs[at]) out.push(text(left - SPACE / 2, 30 + tall / 2, signs[at], colour.muted, 18));
    out.push(
      text(left + sizes[at][0] / 2, 16, `${name} ${grid.shape.join("×")}`, colour.muted, 12),
    );
    out.push(cells(grid, left, 30 + (tall - sizes[at][1]) / 2, fill, colour));
    left += sizes[at][0] + SPACE;
  });
  lines.forEach((line, i) =>
    out.push(
      `<text x="${SPACE / 2}" y="${tall + 54 + 18 * i}" fill="${colour.text}" xml:space="preserve">${safe(line)}</text>`,
    ),
  );
  const title = `${words.kinds[state.kind]}: ${parts.note.textContent}`;
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}"` +
    ` font-family="ui-monospace, Menlo, Consolas, monospace" font-size="13" role="img"><title>${safe(title)}</title>` +
    `<rect width="100%" height="100%" fill="${colour.paper}"/>${out.join("")}</svg>\n`
  );
}

const text = (x, y, words, fill, size) =>
  `<text x="${x}" y="${y}" text-anchor="middle" fill="${fill}" font-size="${size}">${safe(words)}</text>`;

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
    const [x, y] = transform.match(/-?[\d.]+(?=px)/g).map(Number);
    out.push(
      `<rect x="${left + x - 2}" y="${top + y - 2}" width="${parseFloat(width) + 4}" height="${parseFloat(height) + 4}"` +
        ` rx="4" fill="none" stroke="${colour.window}" stroke-width="3"/>`,
    );
  }
  return out.join("");
}
