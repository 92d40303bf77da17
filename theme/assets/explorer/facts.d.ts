// What website/before/facts.py writes into facts.js at build.

export const KINDS: ["1d", "2d", "transposed"];
export const LETTERS: Record<number, string[]>; // rank -> the names of its axes
export const LIMITS: Record<Limited, [least: number, most: number]>;
export const MODES: ["zeros", "reflect", "replicate", "circular"];
export const SPARE: Record<Spared, number>; // padding is at most the size less this
export const MESSAGES: Record<Rule, [type: string, text: string]>;
export const WIDTH: number;
export const HEAD: string[];

export type Kind = (typeof KINDS)[number];
export type Mode = (typeof MODES)[number];
/** Modes that have a limit, each with a rule of its own. */
export type Spared = "reflect" | "circular";
/** Parameters that an explorer shows within limits: those of each axis, and single numbers. */
export type PerAxis = "size" | "kernel" | "stride" | "dilation" | "extra";
export type Single = "channels" | "outputs" | "groups";
export type Limited = PerAxis | Single | "padding";
export type Rule =
  | "least"
  | "groups"
  | "same"
  | "reach"
  | Spared
  | "output padding"
  | "transposed size";
