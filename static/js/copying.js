import { announce, each } from "./once.js";

/** <button data-copy="id of a list" data-copied="what to say"> copies the lines of the list. */
function copies(button) {
  const list = document.getElementById(button.dataset.copy);
  button.addEventListener("click", async () => {
    const lines = [...list.querySelectorAll("li")].map((line) => line.textContent.trim());
    await navigator.clipboard.writeText(lines.join("\n"));
    announce(button.dataset.copied);
  });
  if (!navigator.clipboard) button.hidden = true;
}

export function wireCopying(root) {
  each(root, "button[data-copy]", copies, "copy");
}
