/** Which part of the page is there: door, waiting, room, ended, replaced, removed or blocked. */

export class Stage {
  #root;

  /** `root` carries data-state; its parts [data-when="waiting …"] follow it. */
  constructor(root) {
    this.#root = root;
  }

  get state() {
    return this.#root.dataset.state;
  }

  /** Shows the parts of `state` and puts the focus on their heading when they were not there before. */
  show(state) {
    if (state === this.state) return;
    this.#root.dataset.state = state;
    for (const part of this.#root.querySelectorAll("[data-when]")) {
      part.hidden = !part.dataset.when.split(" ").includes(state);
    }
    const heading = this.#root.querySelector(`[data-when~="${state}"] [data-heading]`);
    heading?.focus({ preventScroll: true });
    window.scrollTo(0, 0);
  }
}
