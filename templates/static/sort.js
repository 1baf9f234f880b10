// Sorts a table by the column whose heading is clicked. A table with several bodies is sorted by the last row of each, so
// that the teams of a season stay with their sum. A table with one body is sorted row by row. The foot stays in place. The
// address remembers the order: in ?sort=forwards.-goals the table Forwards is sorted by goals, in descending order.

const words = new Intl.Collator("en", { numeric: true });
const originals = new WeakMap(); // of each table: its units, and the order that each heading claimed

setUpAll();
addEventListener("popstate", setUpAll);
addEventListener("chartreplaced", setUpAll);

function setUpAll() {
  for (const table of document.querySelectorAll("table[data-sortable]")) setUp(table);
}

// setUp gives a new table its buttons, and puts it into the order that the address names or into its original one.
function setUp(table) {
  const heads = [...table.tHead.rows[0].cells];
  if (!originals.has(table)) {
    originals.set(table, { units: sortable(table), orders: heads.map((head) => head.ariaSort) });
    for (const head of heads) addButton(table, head);
  }
  const wanted = new URLSearchParams(location.search).getAll("sort");
  for (const head of heads) {
    for (const up of [true, false]) if (wanted.includes(nameOf(table, head, up))) return sort(table, head, up);
  }
  const { units, orders } = originals.get(table);
  arrange(table, units, orders);
}

// The button fills the heading, so that nothing moves.
function addButton(table, head) {
  const button = document.createElement("button");
  const label = document.createElement("span");
  button.type = "button";
  label.append(...head.childNodes);
  button.append(label);
  head.append(button);
  button.addEventListener("click", () => {
    const up = next(table, head);
    sort(table, head, up);
    remember(nameOf(table, head, up));
  });
}

// next reports whether the next click sorts in ascending order. The first one does for words, and for numbers where less is
// better.
function next(table, head) {
  const now = head.getAttribute("aria-sort");
  if (now) return now === "descending";
  const values = originals.get(table).units.map((unit) => valueOf(unit, head.cellIndex));
  return "less" in head.dataset || !values.every((value) => value === null || typeof value === "number");
}

function sort(table, head, up) {
  const units = originals.get(table).units.map((unit) => ({ unit, value: valueOf(unit, head.cellIndex) }));
  const known = units.filter(({ value }) => value !== null);
  const unknown = units.filter(({ value }) => value === null);
  const sign = up ? 1 : -1;
  known.sort((a, b) => sign * compare(a.value, b.value));
  const orders = [...head.parentNode.cells].map((other) => (other !== head ? null : up ? "ascending" : "descending"));
  arrange(table, [...known, ...unknown].map(({ unit }) => unit), orders);
}

// arrange moves nothing if the headings already claim the order: the focus would be lost.
function arrange(table, units, orders) {
  const heads = [...table.tHead.rows[0].cells];
  if (heads.every((head, i) => head.ariaSort === orders[i])) return;
  heads.forEach((head, i) => (head.ariaSort = orders[i]));
  for (const unit of units) unit.parentNode.append(unit);
  if (table.tFoot) table.append(table.tFoot);
}

// nameOf returns an order as the address names it, by the table's label and the column's key.
function nameOf(table, head, up) {
  const label = table.parentNode.getAttribute("aria-label").toLowerCase().replace(/[^a-z0-9]+/g, "-");
  return `${label}.${up ? "" : "-"}${head.dataset.key}`;
}

// remember replaces the order of a table in the address, so that the way back leads to the table as it was.
function remember(order) {
  const url = new URL(location.href);
  const table = order.slice(0, order.indexOf(".") + 1);
  const others = url.searchParams.getAll("sort").filter((other) => !other.startsWith(table));
  url.searchParams.delete("sort");
  for (const each of [...others, order]) url.searchParams.append("sort", each);
  history.replaceState(history.state, "", url);
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
