/** Tell, without saying who, that one of the hits was followed, so that editors see which searches lead nowhere. */
export function wireChosen() {
  const tell = (event) => {
    if (!event.target.closest?.("#treff ol a")) return;
    const words = new URLSearchParams(window.location.search).get("q");
    if (words) navigator.sendBeacon("/sok/valgt", new URLSearchParams({ q: words }));
  };
  document.addEventListener("click", tell);
  document.addEventListener("auxclick", (event) => event.button === 1 && tell(event));
}
