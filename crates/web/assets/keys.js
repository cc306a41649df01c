// Single keys: `/` filter, `?` help, `g` and a letter to go, `j` `k` move, `↵` open, `x` select, `.` actions,
// and the letters that a page gives its own actions with `data-key`.
// They can be switched off in the help dialog, and are silent while somebody types.

const TYPING = "input:not([type='checkbox'], [type='radio']), textarea, select, [contenteditable]";
const ROWS = "#main [data-row], #main .t tbody tr:not(.grp), #main .frow, #main .duel > li";
const toggle = document.getElementById("keys-on");
let going = 0;

function rows() {
  return [...document.querySelectorAll(ROWS)].filter((row) => row.checkVisibility());
}

function current() {
  return document.querySelector("#main [data-at]");
}

function move(by) {
  const all = rows();
  if (!all.length) return;
  const at = all.indexOf(current());
  const next = all[at < 0 ? (by > 0 ? 0 : all.length - 1) : Math.max(0, Math.min(all.length - 1, at + by))];
  current()?.removeAttribute("data-at");
  next.dataset.at = "";
  next.scrollIntoView({ block: "nearest" });
  (next.matches("a") ? next : next.querySelector("a[href], button, input"))?.focus();
}

function go(key) {
  going = 0;
  document.querySelector(`[data-go="${CSS.escape(key)}"]`)?.click();
}

function act(key) {
  const row = current();
  if (key === "j") move(1);
  else if (key === "k") move(-1);
  else if (key === "x") row?.querySelector("input[type='checkbox']:not(.fold)")?.click();
  else if (key === ".") (row?.querySelector("[popovertarget]") ?? document.querySelector(".acts .btn"))?.focus();
  else if (key === "/") document.querySelector("#main [data-filter], #main input[type='search']")?.focus();
  else if (key === "?") document.getElementById("help")?.showPopover();
  else return ownKey(key);
  return true;
}

/** An action of the page, in the row first. A link or button with the key is pressed; a field gets the focus. */
function ownKey(key) {
  const selector = `[data-key="${CSS.escape(key)}"]`;
  const found = current()?.querySelector(selector) ?? document.querySelector(`#main ${selector}`);
  if (!found) return false;
  if (found.matches("input, textarea, select")) found.focus();
  else found.click();
  return true;
}

document.addEventListener("keydown", (event) => {
  if (event.metaKey || event.ctrlKey || event.altKey || event.defaultPrevented) return;
  if (toggle && !toggle.checked) return;
  if (event.target.closest(TYPING) || document.querySelector("[popover]:popover-open:not(.side)")) return;
  if (event.key === "g" && !going) {
    going = setTimeout(() => { going = 0; }, 1_500);
    return;
  }
  if (going) {
    clearTimeout(going);
    go(event.key);
    event.preventDefault();
  } else if (event.key.length === 1 && act(event.key)) {
    event.preventDefault();
  }
});
