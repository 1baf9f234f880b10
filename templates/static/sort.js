// Sorts a table by the column whose heading is clicked. A table with several bodies is sorted by the last row of each, so
// that the teams of a season stay with their sum. A table with one body is sorted row by row. The foot stays in place.

const words = new Intl.Collator("en", { numeric: true });

for (const table of document.querySelectorAll("table[data-sortable]")) {
  for (const head of table.tHead.rows[0].cells) addButton(table, head);
}

// The button fills the heading, so that nothing moves.
function addButton(table, head) {
  const button = document.createElement("button");
  const label = document.createElement("span");
  button.type = "button";
  label.append(...head.childNodes);
  button.append(label);
  head.append(button);
  button.addEventListener("click", () => sort(table, head));
}

function sort(table, head) {
  const column = head.cellIndex;
  const units = sortable(table).map((unit) => ({ unit, value: valueOf(unit, column) }));
  const known = units.filter(({ value }) => value !== null);
  const unknown = units.filter(({ value }) => value === null);
  const numeric = known.every(({ value }) => typeof value === "number");
  const before = head.getAttribute("aria-sort");
  const up = before ? before === "descending" : !numeric || "less" in head.dataset;
  const sign = up ? 1 : -1;
  known.sort((a, b) => sign * compare(a.value, b.value));
  for (const other of head.parentNode.cells) other.removeAttribute("aria-sort");
  head.setAttribute("aria-sort", up ? "ascending" : "descending");
  for (const { unit } of [...known, ...unknown]) unit.parentNode.append(unit);
  if (table.tFoot) table.append(table.tFoot);
}

// The rows of a single body, or the bodies.
function sortable(table) {
  const bodies = [...table.tBodies];
  return bodies.length === 1 ? [...bodies[0].rows] : bodies;
}

function compare(a, b) {
  if (typeof a === "number" && typeof b === "number") return a - b;
  return words.compare(a, b);
}

// A number, a text, or null for an unknown value.
function valueOf(unit, column) {
  const row = unit.rows ? unit.rows[unit.rows.length - 1] : unit;
  const cell = row.cells[column];
  const time = cell.querySelector("time");
  const text = cell.dataset.sort ?? time?.dateTime ?? cell.textContent.trim();
  if (text === "" || text === "–") return null;
  return number(text) ?? text;
}

// +3, −2, .903, 15.7%, 1,220 and 18:05 are numbers; 12–6–2 and 2026-10-07 are not.
function number(text) {
  const plain = text.replace("−", "-").replace(/,(?=\d{3})/g, "").replace(/%$/, "");
  const clock = /^(\d+):(\d\d)$/.exec(plain);
  if (clock) return 60 * clock[1] + Number(clock[2]);
  return /^[+-]?(\d+\.?\d*|\.\d+)$/.test(plain) ? Number(plain) : undefined;
}
