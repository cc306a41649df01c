// The one script of a page. Each concern is a module of its own; without any of them the page still works.
import "./live.js";
import "./forms.js";
import "./upload.js";
import "./palette.js";
import "./keys.js";
import "./copy.js";
import "./clocks.js";

document.documentElement.classList.add("js");
