"use strict";
// The page is whole without this: it adds a filter and a switch of colours.
(() => {
  const root = document.documentElement;
  const button = document.getElementById("theme");
  const preferred = matchMedia("(prefers-color-scheme: dark)");
  const isDark = () =>
    root.dataset.theme ? root.dataset.theme === "dark" : preferred.matches;
  const label = () => {
    button.textContent = isDark() ? "Light colours" : "Dark colours";
  };
  button.addEventListener("click", () => {
    root.dataset.theme = isDark() ? "light" : "dark";
    label();
  });
  preferred.addEventListener("change", label);
  label();
  button.hidden = false;

  const field = document.getElementById("filter");
  if (field) {
    const cards = [...document.querySelectorAll("#cards > li")];
    const texts = cards.map((card) => card.textContent.toLowerCase());
    const said = document.getElementById("matches");
    const show = () => {
      const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
      let shown = 0;
      cards.forEach((card, place) => {
        card.hidden = !words.every((word) => texts[place].includes(word));
        shown += !card.hidden;
      });
      said.textContent = words.length ? `${shown} of ${cards.length} shown` : "";
    };
    field.addEventListener("input", show);
    field.parentElement.hidden = false;
    show();
  }

  // What is closed would not be printed.
  let closed = [];
  addEventListener("beforeprint", () => {
    closed = [...document.querySelectorAll("details:not([open])")];
    closed.forEach((each) => { each.open = true; });
  });
  addEventListener("afterprint", () => {
    closed.forEach((each) => { each.open = false; });
  });
})();
