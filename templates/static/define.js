// Shows what an abbreviation means when a finger taps it, and when the keyboard gets to a heading. A mouse has the browser's
// own tooltip.

const tip = document.createElement("p");
tip.className = "definition";
tip.hidden = true;
document.querySelector("main").append(tip);

let term; // that is explained

document.addEventListener("pointerdown", hide);
document.addEventListener("pointerup", ({ pointerType, target }) => {
  if (pointerType !== "mouse") show(target);
});
document.addEventListener("focusin", ({ target }) => {
  if (target.matches(":focus-visible")) show(target);
});
document.addEventListener("focusout", ({ target }) => {
  if (target.contains(term)) hide();
});
document.addEventListener("keydown", ({ key }) => {
  if (key === "Escape") hide();
});
document.addEventListener("scroll", place, { capture: true, passive: true });

function show(target) {
  term = target.closest("abbr[title]") ?? target.closest("thead button, thead th")?.querySelector("abbr[title]");
  if (!term) return;
  tip.textContent = term.title;
  tip.hidden = false;
  place();
}

function hide() {
  term = undefined;
  tip.hidden = true;
}

// The tip stands below the term, or above it at the foot of the window.
function place() {
  if (!term) return;
  const { left, top, bottom } = term.getBoundingClientRect();
  const gap = 8;
  const below = bottom + gap + tip.offsetHeight < innerHeight;
  tip.style.left = `${Math.max(gap, Math.min(left, document.documentElement.clientWidth - tip.offsetWidth - gap))}px`;
  tip.style.top = `${below ? bottom + gap : top - gap - tip.offsetHeight}px`;
}
