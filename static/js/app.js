/* What the pages do beyond plain links and forms: live ticks, toasts, paste anywhere, keyboard, theme, focus.
   Everything works without it, except that nothing moves by itself. */
(() => {
  "use strict";

  const find = (selector, root = document) => root.querySelector(selector);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const isField = (element) => element instanceof Element && element.closest("input:not([type=checkbox]), textarea, select, [contenteditable]");
  const main = () => find("#main");

  /* ---- live: one poller for the whole shell; the server decides the delay -------------------------------------- */

  let timer = 0;
  let asking = false;
  let failures = 0;
  let hurry = 0; // quick ticks that are left after something was pressed

  function schedule(at) {
    clearTimeout(timer);
    const live = find("#live");
    if (!live || !live.hasAttribute("hx-trigger") || document.hidden || asking) return;
    const wanted = at ?? (hurry > 0 ? 1000 : Number(live.dataset.next || 20000));
    const delay = failures ? Math.min(60000, Math.max(wanted, 1000) * 2 ** failures) : wanted;
    timer = setTimeout(tick, delay * (0.9 + Math.random() * 0.2));
  }

  function tick() {
    const live = find("#live");
    if (live && !document.hidden && !asking) htmx.trigger(live, "live:tick");
  }

  const isLive = (event) => event.detail.elt?.id === "live" || event.detail.requestConfig?.elt?.id === "live";

  document.addEventListener("htmx:beforeRequest", (event) => {
    if (isLive(event)) asking = true;
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    if (isLive(event)) {
      asking = false;
      failures = event.detail.successful ? 0 : failures + 1;
      hurry -= 1;
    }
    setTimeout(schedule, 0);
  });
  document.addEventListener("live:soon", () => {
    hurry = 5;
    tick();
  });
  document.addEventListener("visibilitychange", () => (document.hidden ? clearTimeout(timer) : schedule(0)));

  /* Of the poller's fragments those that have a place on this page: htmx calls any other an error. */
  function onScreen(html) {
    const box = document.createElement("template");
    box.innerHTML = html;
    [...box.content.children].forEach((part) => document.getElementById(part.id) || part.remove());
    return box.innerHTML;
  }

  /* ---- answers: an ended session, toasts, what is spoken -------------------------------------------------------- */

  document.addEventListener("htmx:beforeSwap", (event) => {
    const { xhr, target } = event.detail;
    if (isLive(event)) event.detail.serverResponse = onScreen(event.detail.serverResponse);
    else if (target?.id === "main" && !/html/.test(xhr.getResponseHeader("Content-Type") || "")) {
      event.detail.shouldSwap = false;
    }
  });
  document.addEventListener("htmx:sendError", (event) => {
    if (!isLive(event)) toast("Spotizer could not be reached. Is it still running?", "error");
  });
  document.addEventListener("htmx:afterSwap", emptyInbox);
  document.addEventListener("htmx:oobAfterSwap", emptyInbox);
  document.addEventListener("theme", (event) => {
    const theme = event.detail.value;
    document.documentElement.dataset.theme = theme;
    all("#theme button").forEach((button) => button.setAttribute("aria-pressed", String(button.value === theme)));
  });

  const spoken = [];
  let lastSpoken = 0;
  document.addEventListener("spoken", (event) => {
    spoken.push(event.detail.value);
    const wait = Math.max(0, lastSpoken + 5000 - Date.now());
    if (spoken.length === 1) setTimeout(() => {
      find("#spoken").textContent = spoken.splice(0).slice(-3).join(". ");
      lastSpoken = Date.now();
    }, wait);
  });

  function emptyInbox() {
    all("#inbox > li").forEach((item) => {
      const link = item.querySelector("a, button");
      link?.remove();
      toast(item.textContent.trim(), item.dataset.level, link);
      item.remove();
    });
  }

  function toast(words, level = "success", link = null) {
    const box = find("#toasts");
    const names = { error: "alert", warning: "warn", info: "info", success: "check" };
    const item = document.createElement("li");
    item.className = "toast";
    item.dataset.level = level;
    item.append(drawing(names[level] || "check"), words);
    if (link) {
      item.append(link);
      htmx.process(item);
      item.addEventListener("htmx:afterRequest", () => item.remove());
    }
    const close = document.createElement("button");
    close.className = "button-icon";
    close.type = "button";
    close.setAttribute("aria-label", "Close");
    close.append(drawing("x", "icon-small"));
    close.addEventListener("click", () => item.remove());
    item.append(close);
    box.append(item);
    while (box.children.length > 3) box.firstElementChild.remove();
    if (level === "error") return;
    let left = setTimeout(() => item.remove(), 6000);
    const stay = () => clearTimeout(left);
    const go = () => (left = setTimeout(() => item.remove(), 3000));
    item.addEventListener("mouseenter", stay);
    item.addEventListener("focusin", stay);
    item.addEventListener("mouseleave", go);
    item.addEventListener("focusout", go);
  }

  function drawing(name, extra = "") {
    const sprite = find("#search use").getAttribute("href").split("#")[0];
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
    svg.setAttribute("class", `icon ${extra}`);
    svg.setAttribute("aria-hidden", "true");
    use.setAttribute("href", `${sprite}#${name}`);
    svg.append(use);
    return svg;
  }

  /* ---- what a swap must not touch: what somebody opened or is typing into; and times that count down ---------------- */

  Idiomorph.defaults.callbacks.beforeNodeMorphed = (node, to) =>
    !(node instanceof Element && node.matches("details[open]") && node.id && node.id === to.id);

  const span = (seconds) => {
    if (seconds < 90) return seconds < 60 ? `${Math.max(1, Math.round(seconds))} s` : "1 min";
    return seconds < 3600 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`;
  };
  setInterval(() => {
    if (document.hidden) return;
    all("time[data-until]").forEach((time) => {
      const left = (Date.parse(time.dateTime) - Date.now()) / 1000;
      const words = left < 86400 ? span(left) : time.textContent;
      if (time.textContent !== words) time.textContent = words;
    });
  }, 1000);

  /* A row that had the focus and is gone leaves it to the one that took its place, or to the heading. */
  let focusedAt = -1;
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.target?.id === "queue") focusedAt = rows().indexOf(document.activeElement.closest("#queue [data-row]"));
  });
  document.addEventListener("htmx:afterSettle", () => {
    const at = focusedAt;
    focusedAt = -1;
    if (at < 0 || document.activeElement !== document.body) return;
    const row = rows()[Math.min(at, rows().length - 1)];
    ((row && find("a[href], button", row)) || find("#queue h1"))?.focus({ preventScroll: true });
  });

  /* ---- navigation: focus, announcement, marked place; back returns to the link that was pressed ------------------ */

  const left = new Map(); // address -> the link that was pressed there, and how far it was scrolled
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("#main a[href]");
    if (link) {
      const row = rows().indexOf(link.closest("[data-row]"));
      left.set(location.href, { pressed: link.getAttribute("href"), button: link.matches(".state-button"), row, top: scrollY });
    }
    all("[popover].menu:popover-open").forEach((menu) => {
      if (event.target.closest?.("a.menu-item, .link-card a, .link-card button[name]")) menu.hidePopover();
    });
  });
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.detail.target?.id !== "main") return;
    if (!document.activeElement.matches("#main [aria-expanded]")) {
      main().focus({ preventScroll: true });
      say(document.title);
    }
    markPlace();
    closeCard();
    tick();
  });
  document.addEventListener("htmx:historyRestore", () => {
    const state = left.get(location.href) || {};
    markPlace();
    requestAnimationFrame(() => {
      scrollTo(0, state.top || 0);
      const isIt = (a) => a.getAttribute("href") === state.pressed && a.matches(".state-button") === state.button;
      const link = all("#main a[href]").find(isIt);
      const row = rows()[state.row]; // a hit that was opened has another address now
      (link || (row && find("a[href]", row)) || main()).focus({ preventScroll: true });
    });
    tick();
  });

  function markPlace() {
    const place = find("#view")?.dataset.nav;
    const query = find("#view")?.dataset.query;
    all("[data-nav]:not(#view)").forEach((link) => {
      if (link.dataset.nav === place) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    });
    if (document.activeElement !== find("#q")) find("#q").value = query || "";
    all('#get [name="next"], #act [name="next"], #theme [name="next"]').forEach((input) => {
      input.value = location.pathname + location.search;
    });
  }

  function say(words) {
    find("#spoken").textContent = words;
  }

  /* ---- links: pasted anywhere, or into the field ------------------------------------------------------------------ */

  const looksLikeLink = (words) => /(https?:\/\/|spotify:|(www\.|open\.|music\.|youtu\.)[\w.-]+\/)\S+/i.test(words);
  let typed = 0;

  function showCard(words) {
    const card = find("#link-card");
    const waiting = document.createElement("p");
    waiting.className = "menu-head";
    waiting.textContent = "Looking at the link …";
    card.replaceChildren(waiting);
    if (!card.matches(":popover-open")) card.showPopover();
    htmx.ajax("GET", `/open/?url=${encodeURIComponent(words)}`, { target: "#link-card", swap: "innerHTML" });
  }

  function closeCard() {
    const card = find("#link-card");
    if (card?.matches(":popover-open")) card.hidePopover();
  }

  document.addEventListener("paste", (event) => {
    if (isField(event.target) && event.target.id !== "q") return;
    const words = (event.clipboardData?.getData("text") || "").trim();
    if (!words) return;
    if (event.target.id !== "q") {
      find("#q").value = words.split(/\s*\n\s*/).join(" ");
      find("#q").focus();
    }
    if (looksLikeLink(words)) {
      clearTimeout(typed);
      showCard(words);
    }
  });
  document.addEventListener("input", (event) => {
    if (event.target.id !== "q") return;
    clearTimeout(typed);
    const words = event.target.value.trim();
    if (!looksLikeLink(words)) closeCard();
    else if (event.inputType !== "insertFromPaste") typed = setTimeout(() => showCard(words), 400);
  });
  document.addEventListener("dragover", (event) => event.preventDefault());
  document.addEventListener("drop", (event) => {
    if (dragged) return;
    const words = event.dataTransfer?.getData("text/uri-list") || event.dataTransfer?.getData("text") || "";
    event.preventDefault();
    if (!words.trim()) return;
    find("#q").value = words.trim();
    if (looksLikeLink(words)) showCard(words.trim());
    else find("#q").focus();
  });

  /* ---- the queue, and lists like it: ticked rows outlive every swap; the bar is shown by the style as long as one is ticked ----------- */

  const ticked = new Set();
  const boxes = () => all("[data-ticks] .check");
  let lastBox = "";

  function setTick(box, on) {
    box.checked = on;
    if (on) ticked.add(box.value);
    else ticked.delete(box.value);
  }

  function countTicks() {
    const words = find("#ticked");
    if (!words) return;
    const whole = find("#tick-all:checked");
    const number = whole ? whole.dataset.number : boxes().filter((box) => box.checked).length;
    const told = number === 0 ? "Selected" : `${number} selected`;
    if (words.textContent !== told) words.textContent = told;
  }

  function untick() {
    boxes().forEach((box) => setTick(box, false));
    ticked.clear();
    countTicks();
  }

  function keepTicks() {
    const shown = boxes();
    shown.forEach((box) => (box.checked = ticked.has(box.value)));
    ticked.forEach((value) => shown.some((box) => box.value === value) || ticked.delete(value));
    countTicks();
  }

  document.addEventListener("htmx:afterSwap", keepTicks);
  document.addEventListener("htmx:oobAfterSwap", keepTicks);
  document.addEventListener("ticks:clear", () => {
    const wasInBar = document.activeElement.closest("#bulk");
    all("#priorities:popover-open").forEach((menu) => menu.hidePopover());
    untick();
    if (wasInBar) find("[data-ticks] h1").focus({ preventScroll: true });
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest?.("#untick")) {
      untick();
      find("[data-ticks] h1").focus({ preventScroll: true });
    }
    const box = event.target.closest?.("[data-ticks] .check");
    if (!box) return;
    const list = boxes().filter((one) => one.name === "ids");
    if (box.id === "tick-all") list.forEach((one) => setTick(one, box.checked));
    else if (event.shiftKey && lastBox) {
      const ends = [list.findIndex((one) => one.value === lastBox), list.indexOf(box)].sort((a, b) => a - b);
      if (ends[0] >= 0) list.slice(ends[0], ends[1] + 1).forEach((one) => setTick(one, box.checked));
    }
    setTick(box, box.checked);
    if (box.id !== "tick-all") {
      lastBox = box.value;
      if (!box.checked && find("#tick-all")) setTick(find("#tick-all"), false);
    }
    countTicks();
  });

  function tickEverything() {
    boxes().forEach((box) => setTick(box, true));
    countTicks();
    say(`${find("#ticked").textContent}`);
  }

  /* ---- the queue's order: each move is one request that names the new neighbour ------------------------------------- */

  let dragged = null;
  const movable = () => all("#waiting > .job");

  function move(row, target, where) {
    if (!target || target === row) return;
    const grip = find(".grip", row);
    const number = (one) => find(".grip", one).dataset.number;
    target[where](row);
    grip.focus();
    row.scrollIntoView({ block: "nearest" });
    const values = { act: `${where}:${number(row)}:${number(target)}` };
    htmx.ajax("POST", find("#act").action, { source: grip, swap: "none", values });
  }

  function moveByKey(event) {
    const row = event.target.closest?.(".grip") && event.target.closest(".job");
    if (!row || event.ctrlKey || event.metaKey || event.altKey) return false;
    const list = movable();
    const at = list.indexOf(row);
    if (event.key === "ArrowUp") move(row, list[at - 1], "before");
    else if (event.key === "ArrowDown") move(row, list[at + 1], "after");
    else if (event.key === "Home") move(row, list[0], "before");
    else if (event.key === "End") move(row, list.at(-1), "after");
    else return false;
    return true;
  }

  document.addEventListener("said", (event) => say(event.detail.value));
  document.addEventListener("dragstart", (event) => {
    dragged = event.target.closest?.(".grip") && event.target.closest(".job");
    if (!dragged) return;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setDragImage(dragged, 20, 20);
    dragged.dataset.dragged = "";
  });
  document.addEventListener("dragover", (event) => {
    if (dragged) markDrop(event.target.closest?.("#waiting > .job"), event.clientY);
  });
  document.addEventListener("dragend", () => {
    const target = find("[data-drop]");
    const row = dragged;
    const where = target?.dataset.drop;
    if (row) delete row.dataset.dragged;
    markDrop(null);
    dragged = null;
    if (row && target && isDropped) move(row, target, where);
    isDropped = false;
  });
  let isDropped = false;
  document.addEventListener("drop", () => (isDropped = Boolean(dragged)));

  function markDrop(row, y = 0) {
    all("[data-drop]").forEach((one) => one === row || delete one.dataset.drop);
    if (!row) return;
    const box = row.getBoundingClientRect();
    row.dataset.drop = y < box.top + box.height / 2 ? "before" : "after";
  }

  /* ---- small screens: the buttons of a waiting row, with their names, in one menu ------------------------------------ */

  document.addEventListener("click", (event) => {
    const menu = find("#row-menu");
    const more = event.target.closest?.(".row-more");
    if (event.target.closest?.("#row-menu button")) setTimeout(() => menu.hidePopover(), 0);
    if (!more) return;
    const buttons = all(".job-acts button[name]", more.closest(".job")).map((button) => {
      const item = button.cloneNode(true);
      item.className = "menu-item";
      item.removeAttribute("aria-label");
      item.append(button.title);
      return item;
    });
    menu.replaceChildren(...buttons);
    htmx.process(menu);
    menu.showPopover();
    buttons[0]?.focus();
  });

  /* ---- the drawer: docked beside the content where there is room (kept by a cookie, so that no page flashes), a
     popover over it elsewhere ---------------------------------------------------------------------------------------- */

  const root = document.documentElement;
  const hasRoom = matchMedia("(min-width: 1280px)");
  let cameFrom = null;

  const isDrawerOpen = () => find("#drawer:popover-open") !== null || (hasRoom.matches && root.dataset.drawer === "open");

  function setDrawer(open) {
    const drawer = find("#drawer");
    const hadFocus = drawer.contains(document.activeElement);
    if (open) cameFrom = document.activeElement;
    if (hasRoom.matches) {
      root.dataset.drawer = open ? "open" : "";
      document.cookie = `drawer=${open ? "open" : ""}; path=/; max-age=${open ? 31536000 : 0}; samesite=lax`;
    } else if (open) drawer.showPopover();
    if (!open && drawer.matches(":popover-open")) drawer.hidePopover();
    if (open) {
      htmx.ajax("GET", find("#drawer-link").dataset.drawer, { target: "#drawer-body", swap: "morph:outerHTML" });
      find("#drawer-title").focus({ preventScroll: true });
    } else if (hadFocus) (cameFrom?.isConnected ? cameFrom : find("#drawer-link")).focus({ preventScroll: true });
    tellDrawer();
  countUnsaved();
  }

  function tellDrawer() {
    const view = find("#drawer-view");
    if (!view) return;
    view.disabled = !isDrawerOpen();
    find("#drawer-link").setAttribute("aria-expanded", String(isDrawerOpen()));
  }

  document.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (event.target.closest?.("#drawer-close")) setDrawer(false);
    else if (event.target.closest?.("#drawer-link")) {
      event.preventDefault();
      setDrawer(!isDrawerOpen());
    } else if (event.target.closest?.("#drawer a") && find("#drawer:popover-open")) setDrawer(false);
  });
  find("#drawer")?.addEventListener("toggle", tellDrawer);
  hasRoom.addEventListener("change", tellDrawer);

  /* ---- previews: one player for all; nothing is heard that was not pressed ----------------------------------------------- */

  const audio = find("#preview-audio");

  let heard = null; // the link that was pressed

  /* The mark of what is playing outlives every swap. */
  function markHeard() {
    const address = audio?.paused === false ? audio.getAttribute("src") : "";
    all("a[data-preview]").forEach((link) => link.toggleAttribute("data-playing", link.getAttribute("href") === address));
  }

  function hear(link) {
    const words = find("#preview-words");
    const again = audio.getAttribute("src") === link.getAttribute("href") && !audio.error;
    heard = link;
    if (again && !audio.paused) return audio.pause();
    find("#preview-title").textContent = link.dataset.preview;
    find("#preview").hidden = false;
    if (!again) {
      words.textContent = "Fetching half a minute of it …";
      audio.src = link.getAttribute("href");
    }
    audio.play().catch(() => {});
  }

  function hush() {
    const hadFocus = find("#preview").contains(document.activeElement);
    find("#preview").hidden = true;
    audio.removeAttribute("src");
    audio.load();
    markHeard();
    if (hadFocus) (heard?.isConnected ? heard : main()).focus({ preventScroll: true });
  }

  if (audio) {
    audio.addEventListener("playing", () => (find("#preview-words").textContent = ""));
    ["play", "pause", "ended"].forEach((name) => audio.addEventListener(name, markHeard));
    document.addEventListener("htmx:afterSettle", markHeard);
    find("#preview").addEventListener("keydown", (event) => event.key === "Escape" && hush());
    // A player is not told why it got nothing; the server says it to whoever asks once more.
    audio.addEventListener("error", async () => {
      const address = audio.getAttribute("src");
      if (!address) return;
      const reply = await fetch(address, { headers: { Accept: "application/json" } }).catch(() => null);
      const why = reply && !reply.ok ? await reply.json().catch(() => null) : null;
      const words = why ? `${why.message} ${why.remedy}`.trim() : "This browser cannot play it. Reload the page, and try again.";
      if (audio.getAttribute("src") === address) find("#preview-words").textContent = reply ? words : "Spotizer could not be reached.";
    });
    document.addEventListener("click", (event) => {
      const link = event.target.closest?.("a[data-preview]");
      if (event.target.closest?.("#preview-close")) hush();
      if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
      event.preventDefault();
      hear(link);
    });
  }

  /* ---- the player: fetched with the first page that has something to play, or where something waits to be played on ----------- */

  const player = find("#player");

  function fetchPlayer() {
    const isWanted = player && (find("a[data-play]") || localStorage.getItem(`player-${player.dataset.person}`));
    if (!isWanted || find("#player-script")) return;
    const script = document.createElement("script");
    script.id = "player-script";
    script.src = player.dataset.script;
    document.head.append(script);
  }

  document.addEventListener("htmx:afterSettle", fetchPlayer);
  fetchPlayer();

  /* ---- keyboard ------------------------------------------------------------------------------------------------------ */

  const places = { h: "home", q: "queue", s: "settings", y: "history" };
  let leader = 0;

  function rows() {
    return all("#main [data-row]").filter((row) => row.offsetParent !== null);
  }

  function step(by) {
    const list = rows();
    const here = list.findIndex((row) => row.contains(document.activeElement));
    const next = list[Math.min(list.length - 1, Math.max(0, here < 0 ? 0 : here + by))];
    const target = next && find("a[href], button", next);
    if (target) {
      target.focus();
      next.scrollIntoView({ block: "nearest" });
    }
  }

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      if (find("#link-card:popover-open")) {
        closeCard();
        find("#q").focus();
      } else if (event.target.id === "q") event.target.blur();
      else if (!find("[popover]:popover-open")) untick();
      return;
    }
    if (moveByKey(event)) return event.preventDefault();
    if (event.key === "a" && (event.ctrlKey || event.metaKey) && !isField(event.target) && find("#bulk")) {
      tickEverything();
      return event.preventDefault();
    }
    if (event.key === "ArrowDown" && event.target.id === "q" && find("#link-card:popover-open")) {
      find("#link-card a, #link-card button")?.focus();
      event.preventDefault();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || isField(event.target)) return;
    const key = event.key;
    if (Date.now() - leader < 1500 && places[key]) {
      leader = 0;
      find(`.nav-link[data-nav="${places[key]}"]`)?.click();
    } else if (key === "/") {
      find("#q").focus();
      find("#q").select();
    } else if (key === "g") leader = Date.now();
    else if (key === "j") step(1);
    else if (key === "k") step(-1);
    else if (key === "d") find(".state-button", document.activeElement.closest?.("[data-row]") || document.createElement("i"))?.click();
    else if (key === "x") document.activeElement.closest?.("[data-row]")?.querySelector(".check")?.click();
    else if (key === "q") setDrawer(!isDrawerOpen());
    else if (key === "?") find("#shortcuts").togglePopover();
    else return;
    event.preventDefault();
  });

  /* ---- settings: what is not saved yet, and placeholders put into a template ------------------------------------- */

  const guarded = () => find("form[data-guard]");
  let isSaving = false;

  function unsaved(form) {
    const now = (key) => {
      const controls = all(`[name="${key}"]`, form);
      if (controls[0]?.type !== "checkbox") return controls[0]?.value.trim();
      const ticked = controls.filter((one) => one.checked).map((one) => one.value).join(" ");
      return controls[0].role === "switch" ? ticked || "no" : ticked;
    };
    return all('[name^="was-"]', form).filter((was) => {
      const key = was.name.slice(4);
      return was.value !== now(key) || Boolean(find(`[name="forget-${key}"]:checked`, form));
    }).length;
  }

  function countUnsaved() {
    const form = guarded();
    if (!form) return 0;
    const count = unsaved(form);
    form.toggleAttribute("data-unsaved", count > 0);
    find("#unsaved").textContent = count ? `${count} unsaved change${count === 1 ? "" : "s"}` : "Nothing is changed";
    return count;
  }

  /* On a phone the tabs are longer than the screen. */
  const showTab = () => {
    const tabs = find(".tabs");
    const tab = find(".tabs [aria-current]");
    if (tab) tabs.scrollLeft = tab.offsetLeft - tabs.offsetLeft - (tabs.clientWidth - tab.clientWidth) / 2;
  };

  const staysForUnsaved = () => {
    const count = isSaving ? 0 : countUnsaved();
    return count > 0 && !confirm(`Leave this page? ${count} change${count === 1 ? " is" : "s are"} not saved.`);
  };

  document.addEventListener("input", (event) => event.target.closest("form[data-guard]") && countUnsaved());
  document.addEventListener("submit", (event) => (isSaving = event.target.matches("form[data-guard]")));
  addEventListener("beforeunload", (event) => !isSaving && countUnsaved() && event.preventDefault());
  document.addEventListener("htmx:confirm", (event) => {
    if (event.detail.target?.id === "main" && staysForUnsaved()) event.preventDefault();
  });
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.detail.target?.id === "main") {
      countUnsaved();
      showTab();
    }
    const said = event.detail.elt?.closest?.(".setting-said");
    if (said) find(`#${said.id.slice(5)}`)?.setAttribute("aria-invalid", String(said.hasAttribute("data-error")));
  });
  document.addEventListener("click", (event) => {
    const discard = event.target.closest("[data-discard]");
    if (discard) isSaving = true;
    const placeholder = event.target.closest("[data-insert]");
    if (!placeholder) return;
    const field = document.getElementById(placeholder.closest("[data-into]").dataset.into);
    field.setRangeText(placeholder.dataset.insert, field.selectionStart, field.selectionEnd, "end");
    field.focus();
    field.dispatchEvent(new Event("input", { bubbles: true }));
  });

  /* ---- start --------------------------------------------------------------------------------------------------------- */

  addEventListener("pageshow", () => schedule());
  tellDrawer();
  countUnsaved();
  showTab();
  schedule();
})();
