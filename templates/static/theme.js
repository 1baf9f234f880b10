// Sets the chosen theme before the first paint, and runs the theme switch. Without this script or a choice, the theme follows
// the system.

(() => {
  const root = document.documentElement;
  const key = "theme";

  function read() {
    try {
      return localStorage.getItem(key) ?? "system";
    } catch {
      return "system"; // storage is blocked
    }
  }

  function write(theme) {
    try {
      localStorage.setItem(key, theme);
    } catch {
      // Storage is blocked: the choice lasts until the next page.
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
    if (event.key === key || event.key === null) apply(read()); // chosen in another tab
  });
  addEventListener("pageshow", () => apply(read())); // the page may come from the back/forward cache
})();
