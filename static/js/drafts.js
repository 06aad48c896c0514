import { announce, each, settled } from "./once.js";

const PAUSE = 3000;

/**
 * Keep what is being written on the server a few seconds after the last change:
 * <form data-draft="name of the form"> … <p data-draft-status></p>.
 */
function keep(form) {
  const place = form.querySelector("[data-draft-status]");
  const address = form.dataset.draftUrl ?? "/innlegg/utkast";
  let last = words(form);
  const save = settled(PAUSE, async () => {
    const now = words(form);
    if (form.dataset.sent || now === last) return;
    const body = new URLSearchParams(now);
    body.set("form", form.dataset.draft);
    const answer = await fetch(address, { method: "POST", body }).catch(() => null);
    if (!answer || !place) return;
    const first = place.textContent === "";
    if (answer.ok) last = now;
    if (answer.ok || answer.status === 422) place.innerHTML = await answer.text();
    if (first) announce(place.textContent.trim());
  });
  form.addEventListener("input", save);
}

/** What the form holds, files left out. */
function words(form) {
  const pairs = [...new FormData(form)].filter(([, value]) => typeof value === "string");
  return new URLSearchParams(pairs).toString();
}

export function wireDrafts(root) {
  each(root, "form[data-draft]", keep, "draft");
}
