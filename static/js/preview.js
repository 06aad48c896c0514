import { each } from "./once.js";

/** <button data-preview="id of the text area"> shows in the region after it how the Markdown will look. */
function show(button) {
  const source = document.getElementById(button.dataset.preview);
  const place = document.getElementById(`${button.dataset.preview}-forhandsvisning`);
  button.addEventListener("click", async () => {
    const body = new URLSearchParams({ body: source.value });
    const answer = await fetch("/innlegg/forhandsvis", { method: "POST", body }).catch(() => null);
    if (answer?.ok) place.innerHTML = await answer.text();
  });
}

export function wirePreview(root) {
  each(root, "button[data-preview]", show, "preview");
}
