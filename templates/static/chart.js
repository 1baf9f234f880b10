// The season chart: shows the numbers of a game to a pointer and to the arrow keys, and replaces the chart when its form
// changes. The server draws the chart. Without this script the form's button loads it, and only the readout is missing.

const settings = ["stat", "view", "show"];

// choicesIn returns what an address chooses.
const choicesIn = (url) => JSON.stringify(settings.map((name) => new URL(url).searchParams.getAll(name)));

let chosen = choicesIn(location.href);

start(document.querySelector(".chart"));

function start(chart) {
  const replaced = new AbortController();
  readOut(chart, replaced.signal);
  redraw(chart, replaced);
}

// redraw fetches the page at the new address and takes its chart, so that the chart always matches the address.
function redraw(chart, replaced) {
  const form = chart.querySelector("form");
  form.classList.add("live");
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    choose();
    draw();
  });
  form.addEventListener("change", (event) => {
    choose();
    if (event.target.name !== "show" || latest) draw(); // the stylesheet hides lines
  });
  addEventListener("popstate", () => {
    if (choicesIn(location.href) === chosen) return; // the visitor went elsewhere on the page
    follow();
    draw();
  }, { signal: replaced.signal });

  function address() {
    const wanted = new FormData(form);
    const url = new URL(location.href);
    for (const name of settings) url.searchParams.delete(name);
    const first = (name) => form.querySelector(`[name="${name}"]`).value;
    for (const name of ["stat", "view"]) {
      if (wanted.get(name) !== first(name)) url.searchParams.set(name, wanted.get(name));
    }
    const boxes = form.querySelectorAll('[name="show"]');
    const shown = wanted.getAll("show");
    if (shown.length < boxes.length) for (const name of shown.length ? shown : ["none"]) url.searchParams.append("show", name);
    return url;
  }

  // choose makes each choice a step that Back undoes.
  function choose() {
    const url = address();
    if (url.href !== location.href) history.pushState(null, "", url);
    follow();
  }

  // follow takes the settings of the address, also into the links to other seasons.
  function follow() {
    const { href } = location;
    chosen = choicesIn(href);
    for (const season of document.querySelectorAll(".season > .choices a")) {
      const to = new URL(season.href);
      for (const name of settings) {
        to.searchParams.delete(name);
        for (const value of new URL(href).searchParams.getAll(name)) to.searchParams.append(name, value);
      }
      season.href = to;
    }
  }

  let latest; // of several changes in quick succession, only the last one is drawn

  async function draw() {
    latest?.abort();
    const mine = (latest = new AbortController());
    chart.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(location.href, { headers: { Accept: "text/html" }, signal: mine.signal });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const next = page.querySelector(".chart");
      if (!answer.ok || !next) throw new Error(answer.statusText);
      if (!mine.signal.aborted) swap(document.adoptNode(next));
    } catch {
      if (mine.signal.aborted) return;
      location.reload(); // the browser shows the error
    }
  }

  function swap(next) {
    const { name, value } = document.activeElement ?? {};
    chart.replaceWith(next);
    replaced.abort();
    start(next);
    dispatchEvent(new Event("chartreplaced")); // its table is new
    if (name) next.querySelector(`[name="${name}"][value="${value}"]`)?.focus();
  }
}

function readOut(chart, signal) {
  const games = JSON.parse(chart.querySelector("script").textContent);
  const plot = chart.querySelector(".plot"); // takes the focus
  const canvas = chart.querySelector(".canvas");
  const rule = chart.querySelector(".rule");
  const dots = chart.querySelectorAll(".dot");
  const tip = chart.querySelector(".tip");
  const live = chart.querySelector(".readout");
  let current = -1;

  // Without this role, screen readers do not pass on the arrow keys.
  plot.setAttribute("role", "application");

  function show(i) {
    if (i === current) return;
    current = i;
    const game = games[i];
    rule.setAttribute("transform", `translate(${game.x})`);
    dots.forEach((dot, line) => {
      const y = game.y[line];
      dot.classList.toggle("absent", y === null);
      dot.setAttribute("cx", `${game.x}%`);
      if (y !== null) dot.setAttribute("cy", `${y}%`);
    });
    tip.firstChild.textContent = game.head;
    tip.lastChild.textContent = game.text;
    live.textContent = `${game.head}: ${game.text}`;
    chart.classList.add("reading");
    placeTip();
  }

  function hide() {
    current = -1;
    chart.classList.remove("reading");
    live.textContent = "";
  }

  // The tooltip stands above the rule, inside the plot.
  function placeTip() {
    const x = canvas.offsetLeft + toPixels(games[current].x);
    const most = plot.clientWidth - tip.offsetWidth;
    tip.style.setProperty("left", `${Math.max(0, Math.min(x - tip.offsetWidth / 2, most))}px`);
  }

  function toPixels(x) {
    return (x / 100) * canvas.clientWidth;
  }

  function nearest(event) {
    const x = event.clientX - canvas.getBoundingClientRect().left;
    let best = 0;
    games.forEach((game, i) => {
      if (Math.abs(toPixels(game.x) - x) < Math.abs(toPixels(games[best].x) - x)) best = i;
    });
    return best;
  }

  canvas.addEventListener("pointermove", (event) => show(nearest(event)));
  canvas.addEventListener("pointerdown", (event) => show(nearest(event)));
  canvas.addEventListener("pointerleave", (event) => {
    if (event.pointerType === "mouse") hide(); // a lifted finger leaves its game shown
  });
  document.addEventListener("pointerdown", (event) => {
    if (!canvas.contains(event.target)) hide();
  }, { signal });

  const last = games.length - 1;
  const steps = {
    ArrowLeft: () => (current < 0 ? last : Math.max(current - 1, 0)),
    ArrowRight: () => (current < 0 ? 0 : Math.min(current + 1, last)),
    Home: () => 0,
    End: () => last,
  };
  plot.addEventListener("keydown", (event) => {
    const step = steps[event.key];
    if (!step || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    show(step());
  });
  plot.addEventListener("blur", hide);
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") hide();
  }, { signal });
}
