// The theme that was chosen, set before the first paint, and the switch that chooses it. Without this script, or with
// nothing chosen, the system's preference rules.

(() => {
  const root = document.documentElement;
  const key = "theme";

  function read() {
    try {
      return localStorage.getItem(key) ?? "system";
    } catch {
      return "system"; // the browser keeps nothing for this site
    }
  }

  function write(theme) {
    try {
      localStorage.setItem(key, theme);
    } catch {
      // It lasts until the next page.
    }
  }

  function apply(theme) {
    if (theme === "light" || theme === "dark") root.dataset.theme = theme;
    else delete root.dataset.theme;
    const input = document.querySelector(`.theme [value="${root.dataset.theme ?? "system"}"]`);
    if (input) input.checked = true;
  }

  apply(read());
  addEventListener("DOMContentLoaded", () => {
    const choice = document.querySelector(".theme");
    choice.addEventListener("change", (event) => {
      write(event.target.value);
      apply(event.target.value);
    });
    apply(read());
    choice.hidden = false;
  });
  addEventListener("storage", (event) => {
    if (event.key === key || event.key === null) apply(read()); // another tab has chosen
  });
  addEventListener("pageshow", () => apply(read())); // this one may come back as it was long ago
})();
