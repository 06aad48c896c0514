import { each, settled } from "./once.js";

const SHORTEST = 8;

/** Show posts like the one being written: <input data-similar="/sok/lignende?til=…" data-similar-target="#lignende">. */
function watch(input) {
  const place = document.querySelector(input.dataset.similarTarget);
  if (!place) return;
  let asked = "";
  const look = settled(400, async () => {
    const title = input.value.trim();
    if (title === asked) return;
    asked = title;
    if (title.length < SHORTEST) {
      place.replaceChildren();
      return;
    }
    const address = new URL(input.dataset.similar, location.href);
    address.searchParams.set("q", title);
    const answer = await fetch(address).catch(() => null);
    if (answer?.ok && asked === title) place.innerHTML = await answer.text();
  });
  input.addEventListener("input", look);
}

export function wireSimilar(root) {
  each(root, "input[data-similar]", watch, "similar");
}
