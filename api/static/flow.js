// The way from a question to a ticket, for the support page and for the widget's shadow root. The forms are those that
// work without this script: it sends them by itself, and puts the parts that come back in their places.

const DEBOUNCE_MS = 250;
const BESIDE_MS = 1200;
const RETRY_MS = 4000;
const PATIENCE_MS = 30_000;
const DRAFT_DAYS = 7;
const WIDE = /[\u1100-\u11ff\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff]/;
const STATE = ["token", "episode", "seen"];

const store = {
  get(name) { try { return JSON.parse(localStorage.getItem(name)); } catch { return null; } },
  set(name, value) { try { localStorage.setItem(name, JSON.stringify(value)); } catch { /* full, or not allowed */ } },
  drop(name) { try { localStorage.removeItem(name); } catch { /* not allowed */ } },
};
const newId = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");

const policy = globalThis.trustedTypes?.createPolicy?.("askfirst", { createHTML: (html) => html });
export const parse = (html) => new DOMParser().parseFromString(policy ? policy.createHTML(html) : html, "text/html");

// root: what holds the forms. host: where events are sent from. options: base, locale, entry, part, session(), whether
// drafts are taken up again, and a signal that ends it all.
export function attach(root, host, options) {
  const { base = "", locale, texts, entry = "support", part = "page", session = () => "", drafts = true, signal } = options;
  const one = (selector) => root.querySelector(selector);
  const draftName = `askfirst.draft.${base}`;
  const told = new Set();
  let asked = 0, suggested = 0, besides = 0, sending = false, retry = 0, last = "", timers = {};
  let visitor = store.get("askfirst.visitor");
  if (!visitor) store.set("askfirst.visitor", (visitor = newId()));

  const emit = (name, detail = {}) =>
    host.dispatchEvent(new CustomEvent(`askfirst-${name}`, { bubbles: true, composed: true, cancelable: true, detail }));
  const say = (text) => { if (text) one("[data-status]").textContent = text; };
  const on = (target, name, run) => target.addEventListener(name, run, { signal });
  const after = (name, ms, run) => { clearTimeout(timers[name]); if (!signal?.aborted) timers[name] = setTimeout(run, ms); };
  const plural = (forms, n) => (forms[new Intl.PluralRules(locale).select(n)] ?? forms.other).replace("%(num)s", n);
  const headers = () => (session() ? { "Askfirst-Part": part, "Askfirst-Session": session() } : { "Askfirst-Part": part });
  const state = () => Object.fromEntries(STATE.map((name) => [name, one(`[data-part=outcome] [name=${name}]`)?.value ?? ""]));

  async function post(url, body) {
    body.set("visitor", visitor);
    body.set("entry", entry);
    const response = await fetch(url, { method: "POST", body, headers: headers(), redirect: "error", signal: AbortSignal.timeout(PATIENCE_MS) });
    const html = response.status === 204 ? "" : await response.text();
    if (html && !html.includes("data-part")) throw Object.assign(new Error("unexpected"), { status: response.status });
    return { html, status: response.status };
  }

  // Puts the parts that came back in the places of those that are there; returns the first. Whoever has pressed a button
  // that goes away by it is not left nowhere.
  function put(html) {
    const parts = parse(html).querySelectorAll("body > [data-part]");
    for (const fresh of parts) {
      const old = one(`[data-part=${fresh.dataset.part}]`);
      const lost = old?.contains(root.getRootNode().activeElement);
      old?.replaceWith(fresh);
      say(fresh.dataset.say);
      const target = fresh.querySelector("[data-focus]") ?? (lost ? fresh : null);
      if (target === fresh) fresh.tabIndex = -1;
      target?.focus();
    }
    const ticket = parts[0]?.dataset.part === "outcome" && one("form[data-ticket]");
    if (ticket) for (const [name, value] of Object.entries(state())) if (value) ticket.elements[name].value = value;
    displayed();
    return parts[0];
  }

  function fail(text) {
    const message = one("[data-part=outcome] .message");
    if (message) message.textContent = text;
  }

  // --- asking
  async function ask(form, button) {
    const mine = ++asked;
    hideSuggestions();
    button?.setAttribute("aria-busy", "true");
    say(texts.looking);
    const question = form.elements.question.value;
    emit("asked", { question });
    try {
      const { html, status } = await post(form.action, new FormData(form));
      if (mine !== asked) return;
      const part = put(html);
      emit("answered", { question, answers: part.querySelectorAll(".hit").length, ...state(), status });
      // By lot some are shown the plain form at once.
      if (status === 200 && !part.querySelector(".hit, .notice")) open(form);
    } catch {
      if (mine === asked) fail(texts.failed);
    } finally {
      if (mine === asked) button?.removeAttribute("aria-busy");
    }
  }

  function hideSuggestions() {
    ++suggested;
    clearTimeout(timers.suggest);
    const list = one("[data-suggestions]");
    list.hidden = true;
    list.replaceChildren();
  }

  async function suggest() {
    const mine = ++suggested;
    const typed = one("#question").value.trim();
    try {
      const response = await fetch(`${base}/v1/suggest?${new URLSearchParams({ q: typed, locale })}`);
      if (!response.ok || mine !== suggested) return;
      const found = (await response.json()).suggestions;
      if (mine !== suggested) return;
      const list = one("[data-suggestions]");
      list.replaceChildren(...found.map(({ text, url, page }) => {
        const item = document.createElement("li");
        const link = document.createElement("a");
        link.href = new URL(url, base || location.origin);
        link.lang = page.locale;
        link.dir = "auto";
        link.textContent = text;
        if (part === "widget") { link.target = "_blank"; link.rel = "noopener"; }
        item.append(link);
        return item;
      }));
      list.hidden = !found.length;
      say(found.length ? plural(texts.suggestions, found.length) : texts.no_suggestions);
    } catch { /* suggestions are an offer */ }
  }

  // --- the ticket form
  async function open(form, { restored } = {}) {
    if (!restored && !emit("help", { question: one("#question").value, ...state() })) return;
    hideSuggestions();
    try {
      const body = new FormData(form);
      body.set("step", "open");
      put((await post(`${base}/support/${locale}/ticket`, body)).html);
      const ticket = one("form[data-ticket]");
      if (restored) restore(ticket, restored);
      else one("#text").focus();
      ticket.closest("section").scrollIntoView({ block: "nearest" });
      save();
    } catch {
      fail(navigator.onLine ? texts.failed : texts.offline);
    }
  }

  function draftOf(ticket) {
    const text = (name) => ticket.elements[name]?.value ?? "";
    return {
      at: Date.now(), key: text("key"), text: text("text"), email: text("email"), lane: text("lane"), question: text("question"),
      checked: text("checked"), ...Object.fromEntries(STATE.map((name) => [name, text(name)])),
      // Who was signed out meanwhile has no list of files; they are there again after signing in.
      files: one("[data-files]")
        ? [...ticket.querySelectorAll("[name=file]")].map((file) => [file.value, file.dataset.name])
        : store.get(draftName)?.files ?? [],
    };
  }

  function save() {
    const ticket = one("form[data-ticket]");
    if (!ticket || !ticket.elements.text.value.trim()) return;
    store.set(draftName, draftOf(ticket)); // at once: a phone may end a page without a word
    const note = ticket.querySelector("[data-state]");
    if (!sending && !note.textContent) note.textContent = texts.kept;
  }

  function restore(ticket, draft) {
    for (const name of ["key", "text", "email", "checked", "question", ...STATE])
      if (ticket.elements[name] && draft[name]) ticket.elements[name].value = draft[name];
    const lane = ticket.querySelector(`[name=lane][value="${draft.lane === "priority" ? "priority" : "standard"}"]`);
    if (lane) lane.checked = true;
    if (one("[data-files]")) for (const [id, name] of draft.files ?? []) listFile(id, name);
    ticket.querySelector("[data-kept]").hidden = false;
  }

  function discard() {
    store.drop(draftName);
    one("[data-part=ticket]").replaceChildren();
    one("#question").focus();
  }

  async function send(ticket) {
    if (sending) return;
    sending = true;
    clearTimeout(timers.retry);
    const button = ticket.querySelector("[value=send]");
    const note = ticket.querySelector("[data-state]");
    save();
    button.setAttribute("aria-busy", "true");
    note.textContent = texts.sending;
    try {
      const missing = unsent;
      await uploading;
      if (unsent > missing) { // what is wrong with the file has been said where it was noticed
        sending = false;
        button.removeAttribute("aria-busy");
        return;
      }
      const body = new FormData(ticket, button);
      body.delete("files"); // they have been sent one by one
      const { html, status } = await post(ticket.action, body);
      if (status >= 500) throw new Error("try again");
      sending = false;
      retry = 0;
      const typed = one("#text").value;
      put(html);
      const form = one("form[data-ticket]");
      if (!form) {
        store.drop(draftName);
        emit("sent", { ticket: one(".sent")?.dataset.ticket ?? "" });
      } else {
        form.elements.text.value = typed;
        save();
        form.querySelector(".message, .before")?.scrollIntoView({ block: "center" });
      }
    } catch ({ status = 0 }) {
      // It may have arrived: the same key makes sure that it is one ticket, however often it is sent.
      sending = false;
      const hopeless = status >= 400 && status < 500 && status !== 408;
      note.textContent = hopeless || (navigator.onLine && retry > 4) ? texts.failed : texts.offline;
      button.removeAttribute("aria-busy");
      if (!hopeless && retry++ < 30) after("retry", RETRY_MS * Math.min(retry, 8), () => one("form[data-ticket]") === ticket && send(ticket));
    }
  }

  let uploading = Promise.resolve(), unsent = 0;
  function upload(input) {
    const chosen = [...input.files];
    input.value = "";
    for (const file of chosen) uploading = uploading.then(() => uploadOne(file)).catch(() => {});
  }

  async function uploadOne(file) {
    const note = one("form[data-ticket] [data-state]");
    note.textContent = texts.uploading;
    const body = new FormData();
    body.set("file", file);
    body.set("along", one("[data-files]").children.length);
    try {
      const response = await fetch(`${base}/support/${locale}/files`, { method: "POST", body, headers: headers() });
      const { id, name, message } = await response.json();
      if (id) listFile(id, name);
      else ++unsent;
      note.textContent = message ?? "";
      save();
    } catch {
      ++unsent;
      note.textContent = `${file.name}: ${texts.failed}`;
    }
  }

  function listFile(id, name) {
    const item = document.createElement("li");
    const field = Object.assign(document.createElement("input"), { type: "hidden", name: "file", value: id });
    field.dataset.name = name;
    const button = Object.assign(document.createElement("button"), { type: "button", className: "link", textContent: texts.remove });
    button.setAttribute("aria-label", `${texts.remove} ${name}`);
    button.addEventListener("click", () => {
      item.remove();
      save();
      fetch(`${base}/v1/attachments/${id}`, { method: "DELETE", headers: headers() }).catch(() => {});
    });
    item.append(field, name, " ", button);
    one("[data-files]").append(item);
  }

  async function beside() {
    const ticket = one("form[data-ticket]");
    const text = ticket?.elements.text.value.trim() ?? "";
    if (text.length < 15 || text === last || sending) return;
    last = text;
    const mine = ++besides;
    try {
      const { html } = await post(`${base}/support/${locale}/beside`, new FormData(ticket));
      if (!html || mine !== besides || !ticket.isConnected) return;
      const fresh = put(html);
      for (const name of ["token", "seen"]) ticket.elements[name].value = fresh.dataset[name];
    } catch { /* it is an offer */ }
  }

  // A report outlives the page that is left by the click. Which answers are displayed, and which of their pages opened,
  // is all that is reported.
  function tell(events) {
    fetch(`${base}/v1/events`, {
      method: "POST", keepalive: true, headers: { "Content-Type": "application/json" }, body: JSON.stringify(events),
    }).catch(() => {});
  }

  // Said once for each answer, when some of it has come into view: not of what is further down, in a widget that is
  // closed, or in a tab behind. Of a browser that does not say so nobody can tell what was not opened from what was not seen.
  const sight = new IntersectionObserver((entries) => {
    const inView = entries.filter((entry) => entry.isIntersecting).map((entry) => entry.target);
    inView.forEach((hit) => sight.unobserve(hit));
    const fresh = new Set(inView.map((hit) => hit.dataset.token).filter((token) => !told.has(token)));
    if (!fresh.size) return;
    fresh.forEach((token) => told.add(token));
    tell([...fresh].map((token) => ({ event_id: newId(), token, type: "shown", at: new Date().toISOString() })));
  }, { threshold: 0.25 });
  signal?.addEventListener("abort", () => sight.disconnect());

  function displayed() {
    for (const hit of root.querySelectorAll("[data-rank]")) if (hit.dataset.token && !told.has(hit.dataset.token)) sight.observe(hit);
  }

  function report(link) {
    const hit = link?.closest("[data-rank]");
    if (!hit) return;
    const opened = { event_id: newId(), token: hit.dataset.token, type: "opened", rank: Number(hit.dataset.rank), at: new Date().toISOString() };
    emit("opened", { rank: opened.rank, url: link.href });
    tell([opened]);
  }

  async function promises() {
    if (!one("[data-promise]") || document.hidden) return;
    try {
      const said = await (await fetch(`${base}/v1/promises?${new URLSearchParams({ locale })}`)).json();
      for (const place of root.querySelectorAll("[data-promise]")) place.textContent = said[place.dataset.promise];
    } catch { /* the next look may do better */ }
  }

  on(root, "submit", async (event) => {
    const form = event.target, button = event.submitter;
    event.preventDefault();
    if (form.matches("[data-ticket]") && button?.name !== "vote") return send(form);
    if (button?.name === "step") return open(form);
    if (button?.name !== "vote") return ask(form, button);
    button.setAttribute("aria-busy", "true");
    emit(button.value === "solved" ? "solved" : "failed", state());
    try {
      put((await post(button.formAction, new FormData(form, button))).html);
      if (button.value === "solved") store.drop(draftName);
    } catch {
      button.removeAttribute("aria-busy");
    }
  });
  on(root, "click", (event) => {
    if (event.target.closest("[data-discard]")) discard();
    else report(event.target.closest("a"));
  });
  on(root, "input", ({ target }) => {
    if (target.id === "question") {
      hideSuggestions();
      const typed = target.value.trim();
      if (typed.length >= (WIDE.test(typed) ? 2 : 3) && typed.length <= 200) after("suggest", DEBOUNCE_MS, suggest);
    } else if (target.form?.matches("[data-ticket]") && target.type !== "file") {
      target.form.querySelector("[data-state]").textContent = "";
      save();
      if (target.id === "text") after("beside", BESIDE_MS, beside);
    }
  });
  on(root, "change", ({ target }) => {
    if (target.id === "files") upload(target);
  });
  on(root, "keydown", (event) => {
    if (event.key === "Escape") hideSuggestions();
    else if (event.target.id === "question" && event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      one("[data-ask]").requestSubmit();
    }
  });
  on(globalThis, "online", () => {
    const ticket = one("form[data-ticket]");
    if (ticket && retry) send(ticket);
    else if (!ticket) resume();
  });
  on(globalThis, "pagehide", save);
  on(document, "visibilitychange", () => (document.hidden ? save() : promises()));
  const looking = setInterval(promises, 60_000);
  signal?.addEventListener("abort", () => {
    save();
    [looking, ...Object.values(timers)].forEach(clearTimeout);
  });

  function resume() {
    const draft = drafts && !one("form[data-ticket]") && store.get(draftName);
    if (draft && Date.now() - draft.at < DRAFT_DAYS * 864e5) open(one("[data-ask]"), { restored: draft });
    else if (draft) store.drop(draftName);
  }
  resume();
  displayed();
  return {
    ask: (question) => { one("#question").value = question; one("[data-ask]").requestSubmit(); },
    // For somebody who has signed in while they were writing.
    reopen: () => {
      const ticket = one("form[data-ticket]");
      if (ticket && !sending) open(one("[data-ask]"), { restored: draftOf(ticket) });
    },
  };
}
