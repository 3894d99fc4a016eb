/* Light or dark before anything is painted; runs before the modules. */
(function () {
  let chosen = null;
  try { chosen = localStorage.getItem("limner-theme"); } catch { /* storage is closed: follow the system */ }
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const apply = () => {
    const theme = chosen === "light" || chosen === "dark" ? chosen : dark.matches ? "dark" : "light";
    document.documentElement.dataset.theme = theme;
  };
  dark.addEventListener("change", apply);
  addEventListener("limner-theme", (event) => {
    chosen = event.detail;
    try { localStorage.setItem("limner-theme", chosen); } catch { /* lasts until the reload then */ }
    apply();
  });
  apply();
})();
