import { announce, each, settled } from "./once.js";

const SHORTEST = 2;
const PAUSE = 180;

/**
 * Proposals while one types, as an ARIA combobox with a list box: arrows move, Home and End go to the first and last row
 * once one is chosen, Enter opens the chosen row or the full result page, Escape closes. The server answers with rows:
 * <a role="option" href="…">, in groups whose first element is their heading.
 */
class Proposals {
  constructor(form) {
    this.form = form;
    this.input = form.querySelector("input[type=search]");
    this.popup = form.querySelector("[role=listbox]");
    this.asked = "";
    this.asking = null;
    this.isComposing = false;
    Object.entries({
      role: "combobox",
      "aria-autocomplete": "list",
      "aria-expanded": "false",
      "aria-controls": this.popup.id,
    }).forEach(([name, value]) => this.input.setAttribute(name, value));
    const look = settled(PAUSE, () => this.look());
    // A letter that is put together of several keys is not a letter yet.
    this.input.addEventListener("compositionstart", () => (this.isComposing = true));
    this.input.addEventListener("compositionend", () => {
      this.isComposing = false;
      look();
    });
    this.input.addEventListener("input", (event) => event.isComposing || look());
    this.input.addEventListener("focus", () => this.rows.length && this.show(true));
    this.input.addEventListener("keydown", (event) => this.press(event));
    form.addEventListener("submit", () => this.forget());
    form.addEventListener("focusout", (event) => {
      if (!form.contains(event.relatedTarget)) this.show(false);
    });
    this.popup.addEventListener("mousedown", (event) => event.preventDefault());
  }

  get rows() {
    return [...this.popup.querySelectorAll("[role=option]")];
  }

  /** What is typed, with the word that is being changed last, since that is the one that may be unfinished. */
  get words() {
    const { value, selectionStart: at } = this.input;
    if (at === null || at >= value.trimEnd().length) return value.trim();
    const first = value.slice(0, at).search(/\S*$/);
    const end = at + value.slice(at).search(/(?!\S)/);
    return [value.slice(0, first), value.slice(end), value.slice(first, end)].join(" ").trim().replace(/\s+/g, " ");
  }

  async look() {
    const words = this.words;
    if (this.isComposing || (words === this.asked && !this.popup.hidden)) return;
    this.forget();
    this.asked = words;
    if (words.length < SHORTEST) {
      this.popup.replaceChildren();
      this.show(false);
      return;
    }
    const address = `${this.input.dataset.proposals}?q=${encodeURIComponent(words)}`;
    const asking = (this.asking = new AbortController());
    const rows = await fetch(address, { headers: { "HX-Request": "true" }, signal: asking.signal })
      .then((answer) => (answer.ok ? answer.text() : null))
      .catch(() => null);
    // An answer that comes after a later question is nobody's.
    if (rows === null || this.asking !== asking) return;
    this.asking = null;
    this.fill(rows);
  }

  fill(rows) {
    this.popup.innerHTML = rows;
    this.rows.forEach((row, number) => {
      row.id = `${this.popup.id}-${number}`;
      row.tabIndex = -1;
    });
    // Two search fields on a page may have proposals at the same time.
    this.popup.querySelectorAll("[role=group]").forEach((group, number) => {
      group.firstElementChild.id = `${this.popup.id}-gruppe-${number}`;
      group.setAttribute("aria-labelledby", group.firstElementChild.id);
    });
    const count = this.popup.querySelector("[data-count]")?.dataset.count ?? "";
    this.choose(null);
    this.show(this.rows.length > 0 && this.form.contains(document.activeElement));
    announce(count);
  }

  /** Let whatever is under way come to nothing. */
  forget() {
    this.asking?.abort();
    this.asking = null;
    this.asked = "";
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
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    const rows = this.rows;
    const at = this.popup.hidden ? -1 : rows.findIndex((row) => row.getAttribute("aria-selected") === "true");
    if (event.key === "Escape" && !this.popup.hidden) {
      event.preventDefault();
      this.show(false);
    } else if (event.key === "Enter" && at >= 0) {
      event.preventDefault();
      rows[at].click();
    } else if (rows.length && this.moved(event.key, at, rows)) {
      event.preventDefault();
    }
  }

  /** Move among the rows; gives whether the key did. */
  moved(key, at, rows) {
    const last = rows.length - 1;
    const places = { ArrowDown: at + 1 > last ? -1 : at + 1, ArrowUp: at === -1 ? last : at - 1 };
    if (at >= 0) Object.assign(places, { Home: 0, End: last });
    if (!(key in places)) return false;
    this.show(true);
    this.choose(rows[places[key]] ?? null);
    return true;
  }
}

export function wireSearch(root) {
  each(root, "form[data-searchbox]", (form) => new Proposals(form), "proposals");
}
