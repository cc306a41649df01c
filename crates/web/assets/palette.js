// ⌘K: every verb and object of this page, and every place, by typing a part of its name.
// The server already wrote the places into the palette; this adds what can be done and opened here, and filters.

const palette = document.getElementById("palette");
const query = palette?.querySelector("input");
const list = palette?.querySelector(".list-s");
let entries = [];

function gather() {
  palette.querySelectorAll("[data-from-page]").forEach((element) => element.remove());
  const verbs = [...document.querySelectorAll("#main .btn")].filter(isVerb);
  const objects = [...document.querySelectorAll("#main a[href]:not(.btn)")].filter((a) => a.textContent.trim());
  section("Do, in this place", verbs, "prepend");
  section("Open, from this page", unique(objects).slice(0, 40), "append");
  entries = [...list.querySelectorAll("a")];
}

function isVerb(button) {
  return button.textContent.trim() && button.checkVisibility() && !button.closest("dialog, [popover]");
}

function unique(links) {
  return [...new Map(links.map((a) => [a.href, a])).values()];
}

function section(title, elements, place) {
  if (!elements.length) return;
  const head = Object.assign(document.createElement("h3"), { textContent: title });
  const items = document.createElement("ul");
  head.dataset.fromPage = items.dataset.fromPage = "";
  for (const element of elements) {
    const link = Object.assign(document.createElement("a"), { textContent: words(element) });
    link.href = element.href || "#";
    link.addEventListener("click", (event) => {
      event.preventDefault();
      palette.hidePopover();
      element.click();
    });
    const item = document.createElement("li");
    item.append(link);
    items.append(item);
  }
  list[place](head, items);
}

function words(element) {
  const refused = element.getAttribute("aria-disabled") === "true" ? " (not now)" : "";
  return element.textContent.trim().replace(/\s+/g, " ").slice(0, 90) + refused;
}

function filter() {
  const asked = query.value.toLowerCase().split(/\s+/).filter(Boolean);
  for (const link of entries) {
    const text = link.textContent.toLowerCase();
    link.parentElement.hidden = !asked.every((word) => text.includes(word));
  }
  for (const items of list.querySelectorAll("ul")) {
    const empty = !items.querySelector("li:not([hidden])");
    items.hidden = empty;
    if (items.previousElementSibling?.matches("h3")) items.previousElementSibling.hidden = empty;
  }
  choose(visible()[0]);
}

function visible() {
  return entries.filter((link) => !link.parentElement.hidden);
}

function choose(link) {
  entries.forEach((e) => e.removeAttribute("aria-selected"));
  link?.setAttribute("aria-selected", "true");
  link?.scrollIntoView({ block: "nearest" });
}

function step(by) {
  const shown = visible();
  const at = shown.findIndex((e) => e.getAttribute("aria-selected") === "true");
  choose(shown[(at + by + shown.length) % shown.length]);
}

if (palette) {
  palette.addEventListener("toggle", (event) => {
    if (event.newState !== "open") return;
    gather();
    query.value = "";
    filter();
    query.focus();
  });
  query.addEventListener("input", filter);
  query.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown") step(1);
    else if (event.key === "ArrowUp") step(-1);
    else if (event.key === "Enter") list.querySelector("a[aria-selected='true']")?.click();
    else return;
    event.preventDefault();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "k" || !(event.metaKey || event.ctrlKey)) return;
    event.preventDefault();
    palette.togglePopover();
  });
}
