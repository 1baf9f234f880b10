// Reads out the season chart game by game, to a pointer and to the arrow keys. What the chart shows and hides is left
// to the stylesheet: without this script only the read-out is missing.

for (const chart of document.querySelectorAll(".chart")) {
  readOut(chart);
}

function readOut(chart) {
  const games = JSON.parse(chart.querySelector("script").textContent);
  const plot = chart.querySelector(".plot"); // takes the focus, and scrolls on a narrow screen
  const canvas = chart.querySelector(".canvas");
  const width = chart.querySelector(".canvas svg").viewBox.baseVal.width;
  const rule = chart.querySelector(".rule");
  const dots = chart.querySelectorAll(".dot");
  const tip = chart.querySelector(".tip");
  const live = chart.querySelector(".readout");
  let current = -1;

  // Screen readers keep the arrow keys to themselves unless told that the chart wants them.
  plot.setAttribute("role", "application");

  function show(i) {
    if (i === current) return;
    current = i;
    const game = games[i];
    rule.setAttribute("transform", `translate(${game.x})`);
    dots.forEach((dot, series) => {
      dot.setAttribute("cx", game.x);
      dot.setAttribute("cy", game.y[series]);
    });
    tip.firstChild.textContent = game.head;
    tip.lastChild.textContent = game.text;
    live.textContent = `${game.head}: ${game.text}`;
    chart.classList.add("reading");
    placeTip(toPixels(game.x));
  }

  function hide() {
    current = -1;
    chart.classList.remove("reading");
    live.textContent = "";
  }

  // The tip stands above the rule, within what is scrolled into view.
  function placeTip(x) {
    const from = plot.scrollLeft;
    const to = from + plot.clientWidth - tip.offsetWidth;
    tip.style.setProperty("left", `${Math.max(from, Math.min(x - tip.offsetWidth / 2, to))}px`);
  }

  function toPixels(x) {
    return (x / width) * canvas.clientWidth;
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
    if (event.pointerType === "mouse") hide(); // a finger that is lifted leaves its game on show
  });
  document.addEventListener("pointerdown", (event) => {
    if (!canvas.contains(event.target)) hide();
  });

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
    const next = step();
    plot.scrollLeft = toPixels(games[next].x) - plot.clientWidth / 2;
    show(next);
  });
  plot.addEventListener("blur", hide);
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") hide();
  });
}
