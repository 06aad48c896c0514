/** The elements under (and including) root that match, each handed out only the first time. */
export function each(root, selector, use, kind = use) {
  const found = [...root.querySelectorAll(selector)];
  if (root instanceof Element && root.matches(selector)) found.unshift(root);
  for (const element of found) {
    const marks = (element.kMarks ??= new Set());
    if (marks.has(kind)) continue;
    marks.add(kind);
    use(element);
  }
}

/** Run `use` when `milliseconds` have passed without a new call. */
export function settled(milliseconds, use) {
  let timer;
  return (...values) => {
    clearTimeout(timer);
    timer = setTimeout(() => use(...values), milliseconds);
  };
}

/** Say something to those who listen to the page instead of seeing it. */
export function announce(words) {
  const place = document.getElementById("opplest");
  if (place) place.textContent = words;
}
