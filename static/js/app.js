// Everything works without this file. It makes forms and search quicker for those who have it.
import "htmx.org";
import { wireChosen } from "./chosen.js";
import { wireCopying } from "./copying.js";
import { wireMenus } from "./menus.js";
import { wireForms } from "./forms.js";
import { wireDrafts } from "./drafts.js";
import { wirePasskeys } from "./passkeys.js";
import { wirePreview } from "./preview.js";
import { wireScrolling } from "./scrolling.js";
import { wireSearch } from "./search.js";
import { wireSimilar } from "./similar.js";

document.documentElement.classList.add("k-js");

function wire(root) {
  wireForms(root);
  wireDrafts(root);
  wirePreview(root);
  wirePasskeys(root);
  wireCopying(root);
  wireScrolling(root);
  wireSearch(root);
  wireSimilar(root);
}

wireMenus();
wireChosen();
wire(document);
document.addEventListener("htmx:load", (event) => wire(event.detail.elt));
