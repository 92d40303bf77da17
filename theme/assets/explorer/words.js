// What an explorer says, in both languages. Error messages are convref's own and not here.

/** @import { NoteRule } from "./state.js" */

/** What is more than one text: sentences that say something of what they are given, and words that
 *  are found by a key.
 *  @typedef {object} Phrases
 *  @property {(seed: number) => string} randomised
 *  @property {(list: string[]) => string} linkedMade
 *  @property {(list: string[]) => string} copiedMade
 *  @property {Record<number, string[][]>} sides  rank -> for each axis, what its two sides are called
 *  @property {{most: (most: number) => string, least: (least: number) => string,
 *    whole: (least: number, most: number) => string,
 *    still: (what: string, value: number | string) => string}} wrong
 *  @property {(count: number) => string} filled
 *  @property {(count: number, rounded: number) => string} pasted
 *  @property {{number: (found: {part?: string}) => string, ragged: () => string,
 *    deep: () => string, batch: () => string, output: () => string,
 *    most: (found: {name: string, need: number, most: number}) => string}} unpasted
 *  @property {Record<NoteRule, (name: string, ...told: (string | number)[]) => string>} notes
 *  @property {(list: string[]) => string} underlined
 *  @property {(name: string, count: number) => string} counted
 *  @property {Record<"kernel" | "size" | "weight" | "at", string>} names  of what has no other name,
 *    or another one than is found here by its key
 *  @property {(size: string) => string} sized
 *  @property {(cell: string, value: string) => string} at
 *  @property {(count: number) => string} mirrors
 *  @property {(cell: string, count: number) => string} fromInput
 *  @property {(cell: string, count: number) => string} fromWeight
 *  @property {(cell: string, shown: string | null, count: number) => string} fromPadding
 *  @property {(index: number[]) => string} place */

/** @typedef {Omit<typeof en, keyof Phrases> & Phrases} Words
 *  @typedef {{[K in keyof Words]: Words[K] extends string ? K : never}[keyof Words]} Text */

/** @type {(count: string | number, what: string) => string} */
const many = (count, what) => `${count} ${what}${count === 1 ? "" : "s"}`;

/** @satisfies {Phrases & Record<string, unknown>} */
const en = {
  column: 0, // of the names in presets.js
  gap: " ", // between sentences
  title: "Convolution explorer",
  kinds: { "1d": "1-D", "2d": "2-D", transposed: "2-D transposed" },
  kind: "Kind of convolution",
  preset: "Examples",
  choose: "Examples …",
  random: "Random",
  randomised: (seed) => `Random numbers, seed ${seed}.`,
  reset: "Reset",
  undo: "Undo",
  undone: "Undone.",
  redo: "Redo",
  redone: "Redone.",
  nothing: { undo: "There is nothing to undo.", redo: "There is nothing to redo." },
  flip: "Flip kernel",
  flipped: "The kernel is turned by 180 degrees.",
  link: "Copy link",
  linked: "The link is copied.",
  linkedMade: (list) => `Some of its numbers are made up, and marked as such: ${list.join(", ")}.`,
  copiedMade: (list) => `It does not show which numbers are made up: ${list.join(", ")}.`,
  copiedChanged: "It holds what is shown here, not all that the opened link asked for.",
  uncopied: "The browser does not let this page copy. The text is selected below: press Ctrl+C.",
  toCopy: "Text to copy",
  svg: "Save SVG",
  full: "Open large",
  input: "Input",
  kernel: "Kernel",
  output: "Output",
  channel: "Channel",
  bias: "Bias",
  play: "Play",
  pause: "Pause",
  back: "Previous output cell",
  next: "Next output cell",
  speed: "Speed",
  parameters: "Parameters",
  code: "Code and terms",
  tabs: { terms: "Terms", torch: "PyTorch", convref: "convref" },
  copy: "Copy",
  copied: "Copied.",
  size: "Input size",
  kernelSize: "Kernel size",
  stride: "Stride",
  dilation: "Dilation",
  padding: "Padding",
  amount: "Padding by",
  amounts: { cells: "cells", same: "same", valid: "valid" },
  sides: {
    1: [["before", "after"]],
    2: [
      ["top", "bottom"],
      ["left", "right"],
    ],
  },
  mode: "Padding mode",
  extra: "Output padding",
  channels: "In channels",
  outputs: "Out channels",
  groups: "Groups",
  withBias: "Bias",
  apart: "Axes and sides apart",
  wrong: {
    most: (most) => `at most ${most}`,
    least: (least) => `at least ${least}`,
    whole: (least, most) => `a whole number from ${least} to ${most}`,
    still: (what, value) => (value === "" ? what : `${what}; it stays ${value}`),
  },
  fill: "Fill",
  rules: { zeros: "with 0", ones: "with 1", up: "0, 1, 2, …" },
  filled: (count) => `${many(count, "cell")} filled.`,
  pasted: (count, rounded) =>
    `${many(count, "number")} pasted${rounded ? `, ${rounded} of them rounded to what a cell holds` : ""}.`,
  unpasted: {
    number: ({ part }) =>
      `Not pasted: ${part ? `“${part}” is` : "an empty cell is"} no number for a cell.`,
    ragged: () => "Not pasted: the rows differ in length.",
    deep: () => "Not pasted: that has more axes than this grid.",
    batch: () => "Not pasted: that is a batch of several; an explorer shows one.",
    most: ({ name, need, most }) => `Not pasted: ${name} would be ${need}, and is at most ${most}.`,
    output: () => "Not pasted: the output is computed. Paste into the input or the kernel.",
  },
  lead: "Not everything in the link could be taken as it stands.",
  notes: {
    lost: () => "The link could not be read: its beginning is missing or damaged.",
    most: (name, got, now) => `${name} ${got}: at most ${now}.`,
    least: (name, got, now) => `${name} ${got}: at least ${now}.`,
    whole: (name, got, now) => `${name} ${got}: rounded to ${now}.`,
    junk: (name, got) => `${name} “${got}”: no number, left out.`,
    surplus: (name, count) => `${name}: ${many(count, "number")} too many, left out.`,
    short: (name, count, all) => `${name}: only ${count} of ${all} numbers.`,
    missing: (name, count, all) => `${name}: ${count} of ${all} numbers are missing or unreadable.`,
    unknown: (name, got) => `${name ? `${name} ` : ""}“${got}”: unknown, left out.`,
    unfit: (name) => `${name}: does not go with this kind of convolution as given, and is adapted.`,
    moved: (name, got, now) => `${name} ${got}: does not exist; ${now} is shown.`,
  },
  underlined: (list) => `Underlined with dots, and made up: ${list.join(", ")}.`,
  counted: (name, count) => `${many(count, "number")} of the ${name.toLowerCase()}`,
  names: { kernel: "Kernel size", size: "Input size", weight: "Kernel", at: "Output cell" },
  madeUp: "made up",
  outputSize: "Output size",
  sized: (size) => `Output size ${size}.`,
  numbers: "Parameter count",
  products: "MACs",
  at: (cell, value) => `Output ${cell} = ${value}`,
  mirrors: (count) =>
    `${many(count, "padding cell")} under the window; ringed: where the values come from.`,
  fromInput: (cell, count) => `Input ${cell} feeds ${many(count, "output cell")}.`,
  fromWeight: (cell, count) => `Weight ${cell} is used in ${many(count, "output cell")}.`,
  fromPadding: (cell, shown, count) =>
    `Padding ${cell} shows ${shown ? `input ${shown}` : "0"}, and feeds ${many(count, "output cell")}.`,
  paddingCell: "padding",
  place: ([row, column]) =>
    column === undefined ? `position ${row}` : `row ${row}, column ${column}`,
  limit: "A cell takes a number of at most 6 digits, 4 of them decimals.",
  why: "What this error means",
  refused: "No output: convref refuses these parameters.",
};

/** @type {Words} */
const zh = {
  column: 1,
  gap: "",
  title: "动手试卷积",
  kinds: { "1d": "一维", "2d": "二维", transposed: "二维转置" },
  kind: "卷积的种类",
  preset: "示例",
  choose: "示例…",
  random: "随机",
  randomised: (seed) => `已换成随机数，种子 ${seed}。`,
  reset: "重置",
  undo: "撤销",
  undone: "已撤销。",
  redo: "重做",
  redone: "已重做。",
  nothing: { undo: "没有可以撤销的了。", redo: "没有可以重做的了。" },
  flip: "翻转卷积核",
  flipped: "卷积核已转 180 度。",
  link: "复制链接",
  linked: "链接已复制。",
  linkedMade: (list) => `其中有自动补上的数，打开链接的人也会看到标记：${list.join("、")}。`,
  copiedMade: (list) => `其中哪些数是自动补上的，代码里看不出来：${list.join("、")}。`,
  copiedChanged: "复制的是这里显示的内容，不是原来那个链接的全部内容。",
  uncopied: "浏览器不允许本页复制。文字已在下面选中，请按 Ctrl+C。",
  toCopy: "要复制的文字",
  svg: "存为 SVG",
  full: "放大编辑",
  input: "输入",
  kernel: "卷积核",
  output: "输出",
  channel: "通道",
  bias: "偏置",
  play: "播放",
  pause: "暂停",
  back: "上一个输出格",
  next: "下一个输出格",
  speed: "速度",
  parameters: "参数",
  code: "代码与算式",
  tabs: { terms: "各项", torch: "PyTorch", convref: "convref" },
  copy: "复制",
  copied: "已复制。",
  size: "输入大小",
  kernelSize: "卷积核大小",
  stride: "步幅",
  dilation: "空洞率",
  padding: "填充",
  amount: "填充方式",
  amounts: { cells: "按格数", same: "same", valid: "valid" },
  sides: {
    1: [["前", "后"]],
    2: [
      ["上", "下"],
      ["左", "右"],
    ],
  },
  mode: "填充模式",
  extra: "输出填充",
  channels: "输入通道",
  outputs: "输出通道",
  groups: "分组",
  withBias: "偏置",
  apart: "各轴、各侧分别设置",
  wrong: {
    most: (most) => `最多 ${most}`,
    least: (least) => `最少 ${least}`,
    whole: (least, most) => `要填 ${least} 到 ${most} 的整数`,
    still: (what, value) => (value === "" ? what : `${what}；仍按 ${value} 算`),
  },
  fill: "填数",
  rules: { zeros: "全填 0", ones: "全填 1", up: "0, 1, 2, …" },
  filled: (count) => `填好了 ${count} 格。`,
  pasted: (count, rounded) =>
    `粘贴了 ${count} 个数${rounded ? `，其中 ${rounded} 个位数太多，已经舍入` : ""}。`,
  unpasted: {
    number: ({ part }) => `没有粘贴：${part ? `“${part}”` : "空着的格"}不是一格里能填的数。`,
    ragged: () => "没有粘贴：各行长短不一。",
    deep: () => "没有粘贴：轴数比这个网格的多。",
    batch: () => "没有粘贴：这是一批样本，这里一次只看一个。",
    most: ({ name, need, most }) => `没有粘贴：${name}要到 ${need}，而最多是 ${most}。`,
    output: () => "没有粘贴：输出是算出来的，请粘贴到输入或卷积核里。",
  },
  lead: "链接里有些内容不能照原样用。",
  notes: {
    lost: () => "链接读不出来：开头缺了，或者有损坏。",
    most: (name, got, now) => `${name} ${got}：最多 ${now}。`,
    least: (name, got, now) => `${name} ${got}：最少 ${now}。`,
    whole: (name, got, now) => `${name} ${got}：取整为 ${now}。`,
    junk: (name, got) => `${name}“${got}”：不是数，略去了。`,
    surplus: (name, count) => `${name}：多出 ${count} 个数，略去了。`,
    short: (name, count, all) => `${name}：本该有 ${all} 个数，只有 ${count} 个。`,
    missing: (name, count, all) => `${name}：${all} 个数里有 ${count} 个缺失或读不出。`,
    unknown: (name, got) => `${name}“${got}”：不认识，略去了。`,
    unfit: (name) => `${name}：不适用于这种卷积，已作调整。`,
    moved: (name, got, now) => `${name} ${got}：没有这一格，现在看的是 ${now}。`,
  },
  underlined: (list) => `带点状下划线的数没有人给过，是自动补上的：${list.join("、")}。`,
  counted: (name, count) => `${name} ${count} 个`,
  names: { kernel: "卷积核大小", size: "输入大小", weight: "卷积核", at: "输出格" },
  madeUp: "补上的数",
  outputSize: "输出大小",
  sized: (size) => `输出大小 ${size}。`,
  numbers: "参数量",
  products: "乘加次数",
  at: (cell, value) => `输出 ${cell} = ${value}`,
  mirrors: (count) => `窗口里有 ${count} 个填充格；带圈的是取值的格。`,
  fromInput: (cell, count) => `输入 ${cell} 影响 ${count} 个输出格。`,
  fromWeight: (cell, count) => `权重 ${cell} 用在 ${count} 个输出格里。`,
  fromPadding: (cell, shown, count) =>
    `填充格 ${cell} 取${shown ? `输入 ${shown} 的值` : " 0"}，影响 ${count} 个输出格。`,
  paddingCell: "填充",
  place: ([row, column]) => (column === undefined ? `位置 ${row}` : `行 ${row}，列 ${column}`),
  limit: "每格填一个数，最多 6 位数字，其中小数最多 4 位。",
  why: "这条报错是什么意思",
  refused: "没有输出：convref 不接受这些参数。",
};

/** @type {(language?: string | null) => Words} */
export const wordsFor = (language) => (language?.startsWith("zh") ? zh : en);
