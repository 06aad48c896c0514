import { each } from "./once.js";

function askFirst(button) {
  button.addEventListener("click", (event) => {
    if (!window.confirm(button.dataset.confirm)) event.preventDefault();
  });
}

/** A form that is on its way is not sent again; coming back to the page opens it. */
function sendOnce(form) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    setTimeout(() => {
      if (event.defaultPrevented) return;
      form.dataset.sent = "yes";
      for (const button of form.querySelectorAll("button[type=submit]")) button.setAttribute("aria-busy", "true");
    });
  });
  window.addEventListener("pageshow", () => {
    delete form.dataset.sent;
    for (const button of form.querySelectorAll("[aria-busy]")) button.removeAttribute("aria-busy");
  });
}

/** At most so many boxes: the rest rest until one is let go. */
function limitChoices(group) {
  const most = Number(group.dataset.atMost);
  const boxes = [...group.querySelectorAll("input[type=checkbox]")];
  const update = () => {
    const full = boxes.filter((box) => box.checked).length >= most;
    for (const box of boxes) box.disabled = full && !box.checked;
  };
  group.addEventListener("change", update);
  update();
}

export function wireForms(root) {
  each(root, "[data-error-summary]", (summary) => summary.focus(), "summary");
  each(root, "button[data-confirm]", askFirst, "confirm");
  each(root, "form[method=post]:not([hx-post])", sendOnce, "once");
  each(root, "[data-at-most]", limitChoices, "limit");
}
