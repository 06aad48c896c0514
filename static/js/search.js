import { announce, each, settled } from "./once.js";

const SHORTEST = 2;

/**
 * Proposals while one types, as an ARIA combobox with a list box: arrows move, Enter opens the chosen row or the full
 * result page, Escape closes. The server answers with rows: <a role="option" href="…">, perhaps in role="group".
 */
class Proposals {
  constructor(form) {
    this.form = form;
    this.input = form.querySelector("input[type=search]");
    this.popup = form.querySelector("[role=listbox]");
    this.asked = "";
    Object.entries({
      role: "combobox",
      "aria-autocomplete": "list",
      "aria-expanded": "false",
      "aria-controls": this.popup.id,
    }).forEach(([name, value]) => this.input.setAttribute(name, value));
    this.input.addEventListener("input", settled(180, () => this.look()));
    this.input.addEventListener("focus", () => this.popup.childElementCount && this.show(true));
    this.input.addEventListener("keydown", (event) => this.press(event));
    form.addEventListener("focusout", (event) => {
      if (!form.contains(event.relatedTarget)) this.show(false);
    });
    this.popup.addEventListener("mousedown", (event) => event.preventDefault());
  }

  get rows() {
    return [...this.popup.querySelectorAll("[role=option]")];
  }

  async look() {
    const words = this.input.value.trim();
    this.asked = words;
    if (words.length < SHORTEST) {
      this.popup.replaceChildren();
      this.show(false);
      return;
    }
    const address = `${this.input.dataset.proposals}?q=${encodeURIComponent(words)}`;
    const answer = await fetch(address, { headers: { "HX-Request": "true" } }).catch(() => null);
    if (!answer?.ok || this.asked !== words) return;
    this.popup.innerHTML = await answer.text();
    this.rows.forEach((row, number) => {
      row.id ||= `${this.popup.id}-${number}`;
      row.tabIndex = -1;
    });
    this.choose(null);
    this.show(this.rows.length > 0);
    announce(this.popup.querySelector("[data-count]")?.dataset.count ?? "");
  }

  show(open) {
    this.popup.hidden = !open;
    this.input.setAttribute("aria-expanded", String(open));
    if (!open) this.choose(null);
  }

  choose(row) {
    for (const other of this.rows) other.setAttribute("aria-selected", String(other === row));
    if (row) {
      this.input.setAttribute("aria-activedescendant", row.id);
      row.scrollIntoView({ block: "nearest" });
    } else {
      this.input.removeAttribute("aria-activedescendant");
    }
  }

  press(event) {
    const rows = this.rows;
    const at = rows.findIndex((row) => row.getAttribute("aria-selected") === "true");
    if (event.key === "Escape" && !this.popup.hidden) {
      event.preventDefault();
      this.show(false);
    } else if (event.key === "Enter" && at >= 0) {
      event.preventDefault();
      rows[at].click();
    } else if (["ArrowDown", "ArrowUp"].includes(event.key) && rows.length) {
      event.preventDefault();
      this.show(true);
      const step = event.key === "ArrowDown" ? 1 : -1;
      const next = at + step;
      this.choose(next < 0 ? (at < 0 ? rows.at(-1) : null) : (rows[next] ?? null));
    }
  }
}

export function wireSearch(root) {
  each(root, "form[data-searchbox]", (form) => new Proposals(form), "proposals");
}
