// Keeps the page as new as the files, follows links without losing the place, and knows some keys.
"use strict";
(() => {
  const PARTS = ["/articles", "/feeds", "/newsletters"];
  const run = document.body.dataset.run;
  let number = document.body.dataset.number;
  let loading = null;
  let asked = null; // what somebody has asked for and is not shown yet: an address, and how

  const by = (id) => document.getElementById(id);
  const say = (words, state) => {
    by("live").className = `live ${state}`;
    if (by("news").textContent !== words) by("news").textContent = words;
  };

  // Make `old` what `fresh` is. Where both have the same pieces, told by their ids, only the pieces
  // that differ are touched, so that frames, fields and the focus stay as they are.
  function patch(old, fresh) {
    if (old.isEqualNode(fresh)) return;
    const ids = (node) => [...node.children].map((child) => child.id);
    const known = ids(old);
    const alike = known.length && known.every(Boolean) && known.join() === ids(fresh).join();
    if (!alike || old.tagName !== fresh.tagName) {
      old.replaceWith(document.importNode(fresh, true));
      return;
    }
    for (const { name } of [...old.attributes]) {
      if (!fresh.hasAttribute(name)) old.removeAttribute(name);
    }
    for (const { name, value } of fresh.attributes) {
      if (old.getAttribute(name) !== value) old.setAttribute(name, value);
    }
    [...old.children].forEach((child, place) => patch(child, fresh.children[place]));
  }

  function show(page) {
    const focused = document.activeElement && document.activeElement.id;
    const typed = document.activeElement && document.activeElement.value;
    const folded = new Map([...document.querySelectorAll("details")].map((one) => [one.id, one.open]));
    const scrolled = by("side").scrollTop;
    document.title = page.title;
    document.body.className = page.body.className;
    for (const id of ["parts", "side", "main", "findings"]) patch(by(id), page.getElementById(id));
    for (const [id, open] of folded) if (by(id)) by(id).open = open;
    by("side").scrollTop = scrolled;
    const again = focused && by(focused);
    if (again && again !== document.activeElement) {
      again.focus({ preventScroll: true });
      if (again.type === "search" || again.type === "email") again.value = typed;
    }
    number = page.body.dataset.number;
    fit();
  }

  // Tells the style how much smaller a desktop of 640 px has to be shown to fit its pane.
  function fit() {
    const pane = by("screen-desktop");
    const scale = pane ? Math.min(1, pane.clientWidth / 640) : 1;
    document.documentElement.style.setProperty("--fit", String(scale || 1));
  }
  addEventListener("resize", fit);

  async function load(address, how = {}) {
    const { push = "", top = false } = how;
    if (loading) loading.abort();
    const mine = (loading = new AbortController());
    asked = push ? [address, how] : null;
    try {
      const answer = await fetch(address, { signal: mine.signal });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (page.body.dataset.run !== run) return location.assign(address);
      if (push === "new") history.pushState(null, "", address);
      if (push === "same") history.replaceState(null, "", address);
      asked = null;
      show(page);
      if (top) scrollTo(0, 0);
      return true;
    } catch (error) {
      if (error.name !== "AbortError") say("Not connected", "off");
    }
  }

  const events = new EventSource("/events");
  events.onmessage = async (event) => {
    const state = JSON.parse(event.data);
    if (state.run !== run) return location.reload();
    if (String(state.number) === number) return say("Follows every change", "on");
    // A change that comes just then must not take the place of what somebody has asked for.
    if (await load(...(asked || [location.href]))) {
      say(`Updated ${new Date().toLocaleTimeString("en-GB")}`, "on");
    }
  };
  events.onerror = () => say("Not connected", "off");

  const ours = (link) =>
    link && !link.getAttribute("href").startsWith("#") && link.origin === location.origin && PARTS.some((part) => link.pathname.startsWith(part));

  document.addEventListener("click", async (event) => {
    const link = event.target.closest("a[href]");
    if (!ours(link) || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const part = PARTS.find((one) => link.pathname.startsWith(one));
    const elsewhere = !location.pathname.startsWith(part);
    await load(link.href, { push: "new", top: true });
    if (elsewhere || link.closest(".findings")) by("main").focus({ preventScroll: true });
  });
  addEventListener("popstate", () => load(location.href));

  let waiting = 0;
  const ask = (form) => {
    const asked = new URLSearchParams(new FormData(form));
    for (const [name, value] of [...asked]) if (!value) asked.delete(name);
    // What a find narrows is the list; what is looked at stays.
    const base = form.id === "find-form" ? location.pathname : form.getAttribute("action");
    load(base + (asked.size ? `?${asked}` : ""), { push: "same" });
  };
  document.addEventListener("input", (event) => {
    const form = event.target.closest("form[data-live]");
    if (!form) return;
    clearTimeout(waiting);
    const typing = ["search", "email"].includes(event.target.type);
    waiting = setTimeout(() => ask(form), typing ? 250 : 0);
  });
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("form[data-live]")) return;
    event.preventDefault();
    clearTimeout(waiting);
    ask(event.target);
  });

  function step(by_) {
    const links = [...document.querySelectorAll("#list [data-step]")];
    const here = links.findIndex((one) => one === document.activeElement);
    const now = here >= 0 ? here : links.findIndex((one) => one.hasAttribute("aria-current"));
    const next = links[Math.min(Math.max(now + by_, 0), links.length - 1)];
    if (!next) return;
    next.focus();
    next.scrollIntoView({ block: "nearest" });
    next.click();
  }
  const focus = (element) => element && (element.focus(), element.scrollIntoView({ block: "nearest" }));
  const KEYS = {
    j: () => step(1),
    k: () => step(-1),
    1: () => by("part-articles").click(),
    2: () => by("part-feeds").click(),
    3: () => by("part-newsletters").click(),
    "/": () => focus(by("find") || by("reader")),
    m: () => focus(by("main")),
    f: () => focus(by("findings")),
    l: () => focus(document.querySelector("#list [aria-current]") || document.querySelector("#list a")),
    "?": () => by("keys").showModal(),
  };
  const STORED = "publisher-preview-keys";
  by("keys-on").checked = localStorage.getItem(STORED) !== "off";
  by("keys-on").addEventListener("change", (event) => {
    localStorage.setItem(STORED, event.target.checked ? "on" : "off");
  });
  by("keys-button").hidden = false;
  by("keys-button").addEventListener("click", KEYS["?"]);
  document.addEventListener("keydown", (event) => {
    const target = event.target;
    if (event.ctrlKey || event.metaKey || event.altKey || by("keys").open) return;
    if (target.matches("input:not([type=checkbox], [type=radio]), select, textarea")) {
      if (event.key === "Escape") target.blur();
      return;
    }
    const arrow = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (arrow && target.closest("#list")) {
      event.preventDefault();
      step(arrow);
    } else if (by("keys-on").checked && Object.hasOwn(KEYS, event.key)) {
      event.preventDefault();
      KEYS[event.key]();
    }
  });

  document.documentElement.classList.add("scripted");
  if (innerWidth < 768 && by("choice") && !location.search) by("choice").open = false;
  fit();
})();
