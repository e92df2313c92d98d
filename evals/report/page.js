"use strict";
const root = document.documentElement;
const filters = ["outcome", "kind", "asked", "cause"].map((id) => document.getElementById(id));
const search = document.getElementById("search");
const cases = [...document.querySelectorAll(".case")].map((node) => [node, node.textContent.toLowerCase()]);

function show(language) {
  root.dataset.language = root.lang = language;
  for (const option of document.querySelectorAll("option")) option.textContent = option.dataset[language];
  filter();
}
function filter() {
  const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  let shown = 0;
  for (const [node, text] of cases) {
    const fits = words.every((word) => text.includes(word)) &&
      filters.every((list) => !list.value || node.dataset[list.id].split(" ").includes(list.value));
    node.hidden = !fits;
    shown += fits;
  }
  document.getElementById("count").textContent = `${shown} / ${cases.length}`;
}
search.addEventListener("input", filter);
for (const list of filters) list.addEventListener("change", filter);
document.getElementById("language").addEventListener("click", () => show(root.dataset.language === "zh" ? "en" : "zh"));
show((navigator.language || "en").toLowerCase().startsWith("zh") ? "zh" : "en");
