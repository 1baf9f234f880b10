// The shot map: shows an attempt to a pointer, a finger and the arrow keys, and replaces the map when a filter is chosen. The
// server draws the map and its filters are links. Without this script each choice loads the page, and a mouse has the browser's
// own tooltips.

localTime();
for (const map of document.querySelectorAll(".shots-section")) start(map);

function start(section) {
  const replaced = new AbortController();
  readOut(section, replaced.signal);
  follow(section, replaced);
}

// follow fetches the page at a filter's address and takes its map, so that the map always matches the address.
function follow(section, replaced) {
  const settings = section.querySelector("[data-settings]").dataset.settings.split(" ");
  const choicesIn = (url) => JSON.stringify(settings.map((name) => url.searchParams.get(name)));
  let chosen = choicesIn(new URL(location.href));
  let latest; // of several choices in quick succession, only the last one is drawn

  section.addEventListener("click", (event) => {
    const link = event.target.closest(".shots-map a[rel]");
    if (!link || event.button || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const url = new URL(location.href); // which has the settings of other parts of the page
    const wanted = new URL(link.href).searchParams;
    for (const name of settings) {
      url.searchParams.delete(name);
      if (wanted.has(name)) url.searchParams.set(name, wanted.get(name));
    }
    if (url.href !== location.href) history.pushState(null, "", url);
    draw(link);
  });
  addEventListener("popstate", () => {
    if (choicesIn(new URL(location.href)) !== chosen) draw();
  }, { signal: replaced.signal });

  async function draw(link) {
    chosen = choicesIn(new URL(location.href));
    latest?.abort();
    const mine = (latest = new AbortController());
    section.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(location.href, { headers: { Accept: "text/html" }, signal: mine.signal });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const next = page.querySelector(".shots-section");
      if (!answer.ok || !next) throw new Error(answer.statusText);
      if (!mine.signal.aborted) swap(document.adoptNode(next), link);
    } catch {
      if (!mine.signal.aborted) location.reload(); // the browser shows the error
    }
  }

  // swap keeps open what is open, and the focus on the choice.
  function swap(next, link) {
    const before = [...section.querySelectorAll("details")];
    [...next.querySelectorAll("details")].forEach((details, i) => (details.open = before[i].open));
    const focused = link && section.contains(document.activeElement);
    const group = link?.closest("nav")?.getAttribute("aria-label");
    section.replaceWith(next);
    replaced.abort();
    start(next);
    dispatchEvent(new Event("chartreplaced")); // its table is new
    if (!focused) return;
    const choice = next.querySelector(`nav[aria-label="${group}"] [aria-current]`) ?? next.querySelector(".shots-map a");
    choice.focus({ preventScroll: true });
  }
}

function readOut(section, signal) {
  const rink = section.querySelector(".rink");
  const tip = section.querySelector(".shot-tip");
  const marks = [...rink.querySelectorAll(".marks path")].sort((a, b) => a.dataset.n - b.dataset.n);
  if (!marks.length) return;
  let current;

  rink.setAttribute("role", "application"); // without it, screen readers do not pass on the arrow keys
  rink.setAttribute("aria-label", "Map of the attempts: use the left and right arrow keys to move from attempt to attempt");
  for (const mark of marks) {
    const title = mark.querySelector("title");
    mark.setAttribute("role", "img");
    mark.setAttribute("aria-label", title.textContent);
    mark.setAttribute("tabindex", "-1");
    title.remove(); // the browser would show a second tooltip
  }
  marks[0].setAttribute("tabindex", "0"); // the only stop of the tab key

  function show(mark) {
    if (mark === current) return;
    current?.classList.remove("current");
    current = mark;
    mark.classList.add("current");
    tip.textContent = mark.getAttribute("aria-label");
    tip.hidden = false;
    place();
  }

  function hide() {
    current?.classList.remove("current");
    current = undefined;
    tip.hidden = true;
  }

  // The tip stands above the attempt, or below it at the upper boards.
  function place() {
    const ice = tip.parentNode.getBoundingClientRect();
    const { x, y } = centre(current);
    const left = Math.max(0, Math.min(x - ice.left - tip.offsetWidth / 2, ice.width - tip.offsetWidth));
    const above = y - ice.top - tip.offsetHeight - 14;
    tip.style.setProperty("left", `${left}px`);
    tip.style.setProperty("top", `${above > -24 ? above : y - ice.top + 14}px`);
  }

  function centre(mark) {
    const { left, top, width, height } = mark.getBoundingClientRect();
    return { x: left + width / 2, y: top + height / 2 };
  }

  // A finger may miss by more than a mouse.
  function nearest({ clientX, clientY, pointerType }) {
    let best;
    let least = pointerType === "mouse" ? 16 : 28;
    for (const mark of marks) {
      const { x, y } = centre(mark);
      const gap = Math.hypot(x - clientX, y - clientY);
      if (gap <= least) [best, least] = [mark, gap];
    }
    return best;
  }

  function point(event) {
    const mark = nearest(event);
    if (mark) show(mark);
    else hide();
  }

  rink.addEventListener("pointermove", point);
  rink.addEventListener("pointerdown", point);
  rink.addEventListener("pointerleave", ({ pointerType }) => {
    if (pointerType === "mouse") hide(); // a lifted finger leaves its attempt shown
  });
  document.addEventListener("pointerdown", ({ target }) => {
    if (!rink.contains(target)) hide();
  }, { signal });

  const last = marks.length - 1;
  const steps = {
    ArrowLeft: (i) => Math.max(i - 1, 0),
    ArrowRight: (i) => Math.min(i + 1, last),
    ArrowUp: (i) => Math.max(i - 1, 0),
    ArrowDown: (i) => Math.min(i + 1, last),
    Home: () => 0,
    End: () => last,
  };
  rink.addEventListener("keydown", (event) => {
    const step = steps[event.key];
    const i = marks.indexOf(event.target);
    if (!step || i < 0 || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const next = marks[step(i)];
    marks[i].setAttribute("tabindex", "-1");
    next.setAttribute("tabindex", "0");
    next.focus({ preventScroll: true });
  });
  rink.addEventListener("focusin", ({ target }) => {
    if (target.matches(":focus-visible")) show(target);
  });
  rink.addEventListener("focusout", hide);
  document.addEventListener("keydown", ({ key }) => {
    if (key === "Escape") hide();
  }, { signal });
}

// localTime adds the start of a game in the visitor's own zone, if it is another one.
function localTime() {
  const time = document.querySelector("time[data-local]");
  if (!time) return;
  const here = new Date(time.dateTime);
  const text = here.toLocaleTimeString("en-CA", { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  if (time.textContent.includes(text)) return;
  const day = here.toLocaleDateString("en-CA", { weekday: "short" });
  document.querySelector(".yours").textContent = `${day} ${text} your time`;
}
