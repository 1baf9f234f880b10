// Suggests players, teams and statistics below the search field of the header, which works as a plain form without this script.
// It follows the combobox pattern: the focus stays in the field, the arrow keys choose a suggestion, Enter opens it, and Escape
// closes the list. The key / leads to the field from anywhere on the page.

const form = document.querySelector("form.search");
const field = form.elements.q;
const list = document.createElement("ul");
const count = document.createElement("p");
const pause = 120; // ms without a key before the site is asked

let timer;
let request; // the latest one
let chosen = -1; // index of the active suggestion; -1 for none

list.id = "suggestions";
list.hidden = true;
list.setAttribute("role", "listbox");
list.setAttribute("aria-label", "Suggestions");
count.setAttribute("role", "status");
form.append(list, count);
for (const [name, value] of Object.entries({
  role: "combobox", "aria-autocomplete": "list", "aria-controls": list.id, "aria-expanded": "false",
})) field.setAttribute(name, value);

field.addEventListener("input", () => {
  stop();
  choose(-1); // Enter must not open a suggestion for an earlier text
  if (field.value.trim()) timer = setTimeout(suggest, pause);
  else close();
});
field.addEventListener("blur", close);
field.addEventListener("keydown", (event) => {
  if (event.isComposing) return;
  switch (event.key) {
    case "ArrowDown":
    case "ArrowUp":
      if (list.hidden) suggest();
      else choose(chosen + (event.key === "ArrowDown" ? 1 : -1));
      break;
    case "Escape":
      if (list.hidden) field.value = "";
      close();
      break;
    default:
      return;
  }
  event.preventDefault();
});

form.addEventListener("submit", (event) => {
  if (chosen < 0) return;
  event.preventDefault();
  open(list.children[chosen]);
});
list.addEventListener("mousedown", (event) => event.preventDefault()); // keeps the focus in the field
list.addEventListener("click", ({ target }) => {
  const option = target.closest("li");
  if (option) open(option);
});

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input:not([type=radio], [type=checkbox]), textarea, select, [contenteditable]");
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || typing) return;
  event.preventDefault();
  field.focus();
  field.select();
});
addEventListener("pagehide", close); // the page may come back from the back/forward cache

function stop() {
  clearTimeout(timer);
  request?.abort();
}

async function suggest() {
  stop();
  const mine = new AbortController();
  request = mine;
  try {
    const address = `${form.action}?${new URLSearchParams({ q: field.value, format: "json" })}`;
    const answer = await fetch(address, { signal: mine.signal });
    show(answer.ok ? (await answer.json()).results : []);
  } catch {
    if (!mine.signal.aborted) close(); // the form still works
  }
}

function show(results) {
  list.replaceChildren(...results.map(({ name, url, about }, i) => {
    const option = document.createElement("li");
    const details = document.createElement("span");
    option.id = `suggestion-${i}`;
    option.dataset.url = url;
    option.setAttribute("role", "option");
    option.setAttribute("aria-selected", "false");
    details.textContent = about;
    option.append(name, " ", details);
    return option;
  }));
  list.hidden = results.length === 0;
  field.setAttribute("aria-expanded", String(!list.hidden));
  count.textContent = results.length === 1 ? "1 suggestion" : `${results.length || "No"} suggestions`;
  choose(-1);
}

// choose goes round: before the first suggestion is the field itself, and after the last one too.
function choose(i) {
  const { length } = list.children;
  list.children[chosen]?.setAttribute("aria-selected", "false");
  chosen = i >= length ? -1 : i < -1 ? length - 1 : i;
  const option = list.children[chosen];
  if (!option) return field.removeAttribute("aria-activedescendant");
  option.setAttribute("aria-selected", "true");
  option.scrollIntoView({ block: "nearest" });
  field.setAttribute("aria-activedescendant", option.id);
}

// open keeps the choice until the page is left: another Enter would otherwise send the form, which stops the way to the page.
function open({ dataset: { url } }) {
  stop();
  location.assign(url);
  if (url.split("#")[0] === location.pathname) close(); // the page stays
}

function close() {
  stop();
  show([]);
  count.textContent = "";
}
