// Light or dark, where the reader wants another than the system's.
(() => {
  const key = "docs-theme";
  const root = document.documentElement;
  const button = document.querySelector(".theme");
  const system = matchMedia("(prefers-color-scheme: dark)");
  let stored = null;
  try {
    stored = localStorage.getItem(key);
  } catch {}

  function apply(theme) {
    const isDark = (theme ?? (system.matches ? "dark" : "light")) === "dark";
    root.dataset.theme = isDark ? "dark" : "light";
    button.textContent = isDark ? "Light" : "Dark";
  }

  apply(stored);
  button.hidden = false;
  system.addEventListener("change", () => apply(stored));
  button.addEventListener("click", () => {
    stored = root.dataset.theme === "dark" ? "light" : "dark";
    try {
      localStorage.setItem(key, stored);
    } catch {}
    apply(stored);
  });
})();
