// Which view is shown: the part of the address behind "#" says so.

const views = [
  ["Overview", "#/", overviewView],
  ["Contexts", "#/contexts", contextsView],
  ["Actors", "#/actors", actorsView],
  ["Topics", "#/topics", topicsView],
  ["Log", "#/log", logView],
];

let leave;

function show() {
  leave?.();
  const main = document.querySelector("main");
  const [place, options] = (location.hash || "#/").split("?");
  const opened = /^#\/contexts\/(\d+)$/.exec(place);
  const [, path, view] = views.find(([, path]) => path === place) ?? views[opened ? 1 : 0];
  for (const link of document.querySelectorAll("nav a")) {
    if (link.getAttribute("href") === path) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  leave = opened ? contextView(main, opened[1]) : view(main, new URLSearchParams(options));
}

function setTheme(theme) {
  document.documentElement.dataset.theme = theme;
  dispatchEvent(new Event("theme"));
}

const preferred = matchMedia("(prefers-color-scheme: dark)");
const chosen = () => localStorage.getItem("theme") ?? (preferred.matches ? "dark" : "light");
preferred.addEventListener("change", () => setTheme(chosen()));
document.querySelector("#theme").addEventListener("click", () => {
  localStorage.setItem("theme", chosen() === "dark" ? "light" : "dark");
  setTheme(chosen());
});

setTheme(chosen());
document.querySelector("nav").append(...views.map(([name, path]) => h("a", { href: path }, name)));
addEventListener("hashchange", show);
show();
connect();
