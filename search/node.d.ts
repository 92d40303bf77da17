// The little of Node that build.js uses: @types/node would take browsers' timers for Node's.

declare module "node:fs" {
  export function readFileSync(descriptor: number, encoding: "utf8"): string;
}

declare const process: { stdout: { write(text: string): void } };
