import { each } from "./once.js";

/** What scrolls sideways can be reached and scrolled with the keyboard. */
function reach(box) {
  new ResizeObserver(() => {
    if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
    else box.removeAttribute("tabindex");
  }).observe(box);
}

export function wireScrolling(root) {
  each(root, ".k-table, .k-prose table", reach, "scrolling");
}
