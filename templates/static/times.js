// Shows the start of a game in the visitor's time zone, with the weekday if it is another day than at the arena. The time at the
// arena stays as a tooltip.

const clock = { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZoneName: "short" };

for (const time of document.querySelectorAll("time[data-local]")) {
  const start = new Date(time.dateTime);
  const day = new Intl.DateTimeFormat("sv-SE").format(start); // as 2006-01-02
  const moved = time.dataset.local && day !== time.dataset.local;
  time.title = time.textContent + " at the arena";
  time.textContent = new Intl.DateTimeFormat("en-CA", moved ? { weekday: "short", ...clock } : clock).format(start);
}
