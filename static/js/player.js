/* The mini-player: files of the library, heard while the pages change. It plays what was pressed and what comes after
   it, and nothing else: what is restored after a reload waits to be pressed. Without script a control is a link. */
(() => {
  "use strict";

  const bar = document.querySelector("#player");
  if (!bar) return;
  const find = (selector) => document.querySelector(selector);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const [seek, volume, words] = ["#player-seek", "#player-volume", "#player-words"].map(find);
  const KEY = `player-${bar.dataset.person}`;
  const MOST = 500; // tracks up next
  const audio = new Audio();
  audio.preload = "metadata";

  let list = []; // { url, title, by, art, page, seconds }
  let at = 0;
  let from = 0; // seconds at which a track that is not loaded yet begins
  let savedAt = 0;
  let isSeeking = false;

  const current = () => list[at];
  const clock = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;
  const length = () => (Number.isFinite(audio.duration) ? audio.duration : current()?.seconds || 0);
  const position = () => (audio.readyState ? audio.currentTime : from);
  const isLoaded = () => audio.getAttribute("src") === current()?.url;
  const drawing = (element, name) => {
    const use = element.querySelector("use");
    use?.setAttribute("href", use.getAttribute("href").replace(/#.*/, `#${name}`));
  };

  /* ---- what is kept in this browser, for this person ------------------------------------------------------------------ */

  function save() {
    savedAt = Date.now();
    try {
      localStorage.setItem(KEY, JSON.stringify({ list, at, from: position(), volume: audio.volume }));
    } catch {} // no room, or not allowed: it plays all the same
  }

  function restore() {
    try {
      const kept = JSON.parse(localStorage.getItem(KEY));
      audio.volume = Math.min(1, Math.max(0, Number(kept.volume)));
      volume.value = audio.volume * 100;
      const isOurs = (track) => /^\/media\/\d+\/stream$/.test(track.url);
      list = kept.list.filter(isOurs).slice(0, MOST);
      at = Math.min(Math.max(0, kept.at | 0), list.length - 1);
      from = Number(kept.from) || 0;
    } catch {
      list = [];
    }
    show();
  }

  /* ---- playing -------------------------------------------------------------------------------------------------------- */

  function begin(tracks, index) {
    list = tracks.slice(Math.max(0, index - MOST + 1)).slice(0, MOST);
    jump(tracks.length > MOST ? list.indexOf(tracks[index]) : index);
  }

  function jump(index, play = true) {
    if (!list[index]) return;
    at = index;
    from = 0;
    audio.removeAttribute("src");
    show();
    if (play) resume();
    else audio.load();
    save();
  }

  function resume() {
    const track = current();
    if (!track) return;
    if (!isLoaded() || audio.error) {
      const begins = from;
      audio.src = track.url;
      if (begins) audio.addEventListener("loadedmetadata", () => (audio.currentTime = begins), { once: true });
    }
    find("#preview-audio")?.pause();
    audio.play().catch(() => {});
  }

  const toggle = () => (audio.paused ? resume() : audio.pause());
  const back = () => (position() > 3 || at === 0 ? moveTo(0) : jump(at - 1, !audio.paused));
  const forward = () => jump(at + 1, !audio.paused);

  function moveTo(seconds) {
    from = Math.min(Math.max(0, seconds), length());
    if (isLoaded()) audio.currentTime = from;
    tell();
  }

  function close() {
    const hadFocus = bar.contains(document.activeElement);
    audio.pause();
    audio.removeAttribute("src");
    audio.load();
    list = [];
    from = 0;
    show();
    save();
    if (hadFocus) find("#main").focus({ preventScroll: true });
  }

  /* ---- what is seen --------------------------------------------------------------------------------------------------- */

  function show() {
    const track = current();
    bar.hidden = !track;
    if (!track) {
      find("#up-next:popover-open")?.hidePopover();
      if ("mediaSession" in navigator) navigator.mediaSession.metadata = null;
      return mark();
    }
    const title = find("#player-title");
    title.textContent = track.title;
    title.setAttribute("href", track.page);
    title.setAttribute("hx-get", track.page);
    if (window.htmx) htmx.process(title);
    find("#player-by").textContent = track.by;
    words.textContent = "";
    const art = find("#player-art");
    art.hidden = !track.art;
    find("#player-no-art").hidden = Boolean(track.art);
    if (track.art) art.src = track.art;
    find("#player-back").disabled = false;
    find("#player-next").disabled = at >= list.length - 1;
    if ("mediaSession" in navigator) {
      const artwork = track.art ? [{ src: new URL(track.art, location.href).href, sizes: "320x320" }] : [];
      navigator.mediaSession.metadata = new MediaMetadata({ title: track.title, artist: track.by, artwork });
    }
    tell();
    mark();
    if (find("#up-next:popover-open")) showNext();
  }

  function tell() {
    const whole = length();
    const now = isSeeking ? Number(seek.value) : position();
    seek.max = Math.max(1, Math.floor(whole));
    if (!isSeeking) seek.value = now;
    seek.setAttribute("aria-valuetext", `${clock(now)} of ${clock(whole)}`);
    find("#player-now").textContent = clock(now);
    find("#player-length").textContent = clock(whole);
  }

  function mark() {
    const isOn = !audio.paused;
    const button = find("#player-toggle");
    button.setAttribute("aria-label", isOn ? "Pause" : "Play");
    button.title = isOn ? "Pause" : "Play";
    drawing(button, isOn ? "pause" : "play");
    all("a[data-play]").forEach((link) => {
      const isIt = link.getAttribute("href") === current()?.url;
      link.toggleAttribute("data-playing", isIt && isOn);
      drawing(link, isIt && isOn ? "pause" : "play");
      const verb = link.querySelector("[data-verb]");
      if (verb) verb.textContent = isIt && isOn ? "Pause" : "Play";
    });
    if ("mediaSession" in navigator) navigator.mediaSession.playbackState = current() ? (isOn ? "playing" : "paused") : "none";
  }

  function showNext() {
    const rows = list.slice(at + 1).map((track, index) => {
      const item = document.createElement("li");
      const play = document.createElement("button");
      play.type = "button";
      play.className = "menu-item";
      play.dir = "auto";
      play.textContent = [track.title, track.by].filter(Boolean).join(" · ");
      play.setAttribute("aria-label", `Play ${track.title}`);
      play.dataset.at = at + 1 + index;
      item.append(play);
      return item;
    });
    find("#up-next ol").replaceChildren(...rows);
    find("#up-next-none").hidden = rows.length > 0;
    find("#up-next-clear").hidden = rows.length === 0;
  }

  /* ---- what is pressed ------------------------------------------------------------------------------------------------ */

  const trackOf = (link) => ({
    url: link.getAttribute("href"),
    title: link.dataset.play,
    by: link.dataset.by || "",
    art: link.dataset.art || "",
    page: link.dataset.page,
    seconds: Number(link.dataset.ms || 0) / 1000,
  });

  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[data-play], a[data-play-all]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    if (link.matches("[data-play]") && link.getAttribute("href") === current()?.url) return toggle();
    const near = (link.matches("[data-play]") && link.closest("section")) || find("#main");
    const links = all("a[data-play]", near);
    begin(links.map(trackOf), Math.max(0, links.indexOf(link)));
  });
  const pressed = { toggle, back, next: forward, close };
  Object.entries(pressed).forEach(([name, act]) => find(`#player-${name}`).addEventListener("click", act));
  find("#up-next").addEventListener("beforetoggle", showNext);
  find("#up-next").addEventListener("click", (event) => {
    const row = event.target.closest("[data-at]");
    if (row) {
      jump(Number(row.dataset.at));
      find("#up-next").focus();
    } else if (event.target.closest("#up-next-clear")) {
      list = list.slice(0, at + 1);
      show();
      save();
      find("#up-next").focus();
    }
  });
  seek.addEventListener("input", () => {
    isSeeking = true;
    tell();
  });
  seek.addEventListener("change", () => {
    isSeeking = false;
    moveTo(Number(seek.value));
    save();
  });
  volume.addEventListener("input", () => (audio.volume = volume.value / 100));
  volume.addEventListener("change", save);
  const INTERACTIVE = "a, button, input, select, textarea, summary, audio, label, [contenteditable], [popover], [tabindex]:not(#main)";
  document.addEventListener("keydown", (event) => {
    if (event.key !== " " || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    if (event.defaultPrevented || !current() || event.target.closest?.(INTERACTIVE)) return;
    event.preventDefault();
    if (!event.repeat) toggle();
  });

  /* ---- what the sound says -------------------------------------------------------------------------------------------- */

  ["play", "pause"].forEach((name) => audio.addEventListener(name, mark));
  audio.addEventListener("playing", () => {
    words.textContent = "";
    find("#player-said").textContent = `Playing ${[current().title, current().by].filter(Boolean).join(" by ")}`;
  });
  audio.addEventListener("pause", save);
  audio.addEventListener("durationchange", tell);
  audio.addEventListener("timeupdate", () => {
    tell();
    if (Date.now() - savedAt > 5000) save();
  });
  audio.addEventListener("ended", () => (at < list.length - 1 ? jump(at + 1) : moveTo(0)));
  // A player is not told why it got nothing; the server says it to whoever asks once more.
  audio.addEventListener("error", async () => {
    const track = current();
    if (!track || !isLoaded()) return;
    const headers = { Accept: "application/json", Range: "bytes=0-0" };
    const reply = await fetch(track.url, { headers }).catch(() => null);
    const why = reply && !reply.ok ? await reply.json().catch(() => null) : null;
    if (track !== current()) return;
    if (!reply) words.textContent = "Spotizer could not be reached.";
    else if (reply.status === 401) words.textContent = "You are signed out. Sign in, then press play.";
    else words.textContent = why ? `${why.message} ${why.remedy || ""}`.trim() : "This browser cannot play this format.";
    mark();
  });
  document.addEventListener("play", (event) => event.target.id === "preview-audio" && audio.pause(), true);
  document.addEventListener("htmx:afterSettle", mark);
  document.addEventListener("htmx:historyRestore", mark);
  addEventListener("pagehide", () => current() && save());

  if ("mediaSession" in navigator) {
    const by = (seconds) => () => moveTo(position() + seconds);
    const handlers = {
      play: resume,
      pause: () => audio.pause(),
      previoustrack: back,
      nexttrack: forward,
      seekbackward: by(-10),
      seekforward: by(10),
      seekto: (wanted) => moveTo(wanted.seekTime),
    };
    for (const [name, act] of Object.entries(handlers)) {
      try {
        navigator.mediaSession.setActionHandler(name, act);
      } catch {} // a browser that does not know it
    }
  }

  restore();
})();
