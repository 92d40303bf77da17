// Plays and steps through animated figures. A figure stands still until its reader asks for more;
// its frames are groups of the drawing, and all but one are hidden.
const PAUSE = 1200; // ms that a frame stays
const calm = matchMedia("(prefers-reduced-motion: reduce)");

class Player {
  /** @param {HTMLElement} controls */
  constructor(controls) {
    // What website/markdown/figures.py writes is all there.
    this.svg = /** @type {SVGSVGElement} */ (controls.previousElementSibling?.querySelector("svg"));
    /** @type {NodeListOf<SVGElement>} */
    this.groups = this.svg.querySelectorAll("[data-frame]");
    this.count = Number(this.svg.dataset.frames);
    this.at = Number(this.svg.dataset.shown);
    this.output = /** @type {HTMLOutputElement} */ (controls.querySelector("output"));
    this.button = /** @type {HTMLButtonElement} */ (controls.querySelector("[data-play]"));
    /** @type {number | undefined} */
    this.timer = undefined;
    this.button.addEventListener("click", () => (this.timer ? this.stop() : this.play()));
    /** @type {NodeListOf<HTMLElement>} */
    const steps = controls.querySelectorAll("[data-step]");
    for (const step of steps) {
      step.addEventListener("click", () => this.step(Number(step.dataset.step)));
    }
    // Who wants no motion steps; nothing moves by itself.
    const still = () => {
      this.button.hidden = calm.matches;
      this.stop();
    };
    calm.addEventListener("change", still);
    still();
    controls.hidden = false;
  }

  /** @type {(frame: number) => void} */
  show(frame) {
    this.at = (frame + this.count) % this.count;
    for (const group of this.groups) {
      if (Number(group.dataset.frame) === this.at) group.removeAttribute("display");
      else group.setAttribute("display", "none");
    }
    this.output.textContent = `${this.at + 1} / ${this.count}`;
  }

  /** @type {(by: number) => void} */
  step(by) {
    this.stop();
    this.show(this.at + by);
  }

  // Once to the end; from the end, all over again.
  play() {
    if (this.at === this.count - 1) this.show(0);
    this.timer = setInterval(() => {
      this.show(this.at + 1);
      if (this.at === this.count - 1) this.stop();
    }, PAUSE);
    this.tell();
  }

  stop() {
    clearInterval(this.timer);
    this.timer = undefined;
    this.tell();
  }

  tell() {
    const playing = Boolean(this.timer);
    this.button.setAttribute("aria-label", this.button.dataset[playing ? "pause" : "play"] ?? "");
    this.button.classList.toggle("playing", playing);
    // Steps are read out, a running count is not.
    this.output.setAttribute("aria-live", playing ? "off" : "polite");
  }
}

/** @type {NodeListOf<HTMLElement>} */
const all = document.querySelectorAll(".conv-figure-controls");
for (const controls of all) new Player(controls);
