import { announce, each, settled } from "./once.js";

const PAUSE = 3000;

/** Keep what is being written on the server: <form data-draft-url="…" data-draft-saved="Lagret som utkast">. */
function keep(form) {
  const place = form.querySelector("[data-draft-status]");
  let last = words(form);
  const save = settled(PAUSE, async () => {
    const now = words(form);
    if (form.dataset.sent || now === last) return;
    const answer = await fetch(form.dataset.draftUrl, {
      method: "POST",
      body: new URLSearchParams(now),
      headers: { "X-Requested-With": "fetch" },
    }).catch(() => null);
    if (!answer?.ok) return;
    const first = place?.textContent === "";
    last = now;
    if (place) place.textContent = form.dataset.draftSaved ?? "";
    if (first) announce(form.dataset.draftSaved ?? "");
  });
  form.addEventListener("input", save);
}

/** What the form holds, files left out. */
function words(form) {
  const pairs = [...new FormData(form)].filter(([, value]) => typeof value === "string");
  return new URLSearchParams(pairs).toString();
}

export function wireDrafts(root) {
  each(root, "form[data-draft-url]", keep, "draft");
}
