import { each } from "./once.js";

/** Passkeys are asked for by scripts only; where they cannot be used, nothing of them is shown. */
function canUse() {
  const isNumber = /^[\d.]+$|:/.test(window.location.hostname);
  return Boolean(window.isSecureContext && window.PublicKeyCredential && navigator.credentials) && !isNumber;
}

function bytes(text) {
  const plain = text.replace(/-/g, "+").replace(/_/g, "/");
  return Uint8Array.from(atob(plain), (character) => character.charCodeAt(0));
}

function text(buffer) {
  const characters = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(characters).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

function described(keys) {
  return (keys ?? []).map((key) => ({ ...key, id: bytes(key.id) }));
}

/** Options as the site writes them, as the browser wants them. */
function read(options) {
  const found = { ...options, challenge: bytes(options.challenge) };
  if (options.user) found.user = { ...options.user, id: bytes(options.user.id) };
  if (options.excludeCredentials) found.excludeCredentials = described(options.excludeCredentials);
  if (options.allowCredentials) found.allowCredentials = described(options.allowCredentials);
  return found;
}

/** What the browser gives, as the site reads it. */
function written(credential) {
  const response = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (credential.response[name]) response[name] = text(credential.response[name]);
  }
  return { id: credential.id, rawId: text(credential.rawId), type: credential.type, response };
}

/** Send to the site and give what it says; where it asks who one is first, go there. */
async function send(address, facts) {
  const answer = await fetch(address, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(facts),
  });
  if (answer.redirected) {
    window.location.assign(answer.url);
    return new Promise(() => {});
  }
  return answer.json();
}

async function go(place) {
  const { passkey, options, send: target, til } = place.dataset;
  const publicKey = read(await send(options, {}));
  const credential = await navigator.credentials[passkey]({ publicKey });
  const name = place.querySelector("input")?.value ?? "";
  return send(target, { credential: written(credential), name, til });
}

function problem(place, error) {
  const { stopped, known, failed } = place.dataset;
  return { NotAllowedError: stopped, AbortError: stopped, InvalidStateError: known }[error?.name] ?? failed;
}

function wire(place) {
  if (!canUse()) return;
  place.hidden = false;
  const button = place.querySelector("button");
  const message = place.querySelector("[data-passkey-message]");
  const say = (words) => {
    message.textContent = words;
  };
  button.addEventListener("click", async () => {
    if (button.getAttribute("aria-busy") === "true") return;
    button.setAttribute("aria-busy", "true");
    say(place.dataset.waiting);
    try {
      const told = await go(place);
      if (told.til) window.location.assign(told.til);
      say(told.til ? "" : (told.problem ?? place.dataset.failed));
    } catch (error) {
      say(problem(place, error));
    } finally {
      button.removeAttribute("aria-busy");
    }
  });
}

export function wirePasskeys(root) {
  each(root, "[data-passkey]", wire, "passkey");
  if (canUse()) each(root, "[data-passkey-missing]", (words) => words.remove(), "missing");
}
