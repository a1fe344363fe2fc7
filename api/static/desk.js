// The desk by keyboard. One key is enough where shortcuts are switched on (WCAG 2.2, 2.1.4): that is remembered in this
// browser. What stands in the answer is kept until it was sent.

const KEYS = "askfirst.desk.keys";
const DRAFT = "askfirst.desk.draft.";
const store = {
  get: (name) => { try { return localStorage.getItem(name); } catch { return null; } },
  set: (name, value) => { try { localStorage.setItem(name, value); } catch { /* it is a convenience */ } },
  drop: (name) => { try { localStorage.removeItem(name); } catch { /* it is a convenience */ } },
};

const keys = document.querySelector("[data-keys]");
const help = document.querySelector("[data-keys-help]");
if (keys) {
  const showHelp = () => { help.hidden = !keys.checked; };
  keys.checked = store.get(KEYS) !== "off";
  keys.addEventListener("change", () => { store.set(KEYS, keys.checked ? "on" : "off"); showHelp(); });
  showHelp();
}

const isWriting = (element) => element.closest("input:not([type=checkbox]), textarea, select, [contenteditable]");

document.addEventListener("keydown", (event) => {
  const { key, target } = event;
  if ((event.ctrlKey || event.metaKey) && key === "Enter" && target.form?.matches("[data-answer]")) {
    event.preventDefault();
    target.form.requestSubmit(target.form.querySelector(".first"));
    return;
  }
  if (key === "Escape" && isWriting(target)) { target.blur(); return; }
  if (!keys?.checked || (event.repeat && key !== "j" && key !== "k") || event.ctrlKey || event.metaKey || event.altKey || isWriting(target)) return;
  const list = document.querySelector("[data-list]");
  if (list && (key === "j" || key === "k")) {
    const links = [...list.querySelectorAll("li > a")];
    const now = links.findIndex((link) => link.closest("li").contains(document.activeElement));
    links[Math.max(0, Math.min(links.length - 1, now + (key === "j" ? 1 : -1)))]?.focus();
    event.preventDefault();
    return;
  }
  const pressed = document.querySelector(`[data-key="${CSS.escape(key)}"]:not([hidden])`);
  if (pressed) { event.preventDefault(); pressed.click(); }
});

const reply = document.querySelector("[data-reply]");
const replyText = () => reply.value ?? reply.content.textContent;
for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    const words = button.textContent;
    try { await navigator.clipboard.writeText(replyText()); } catch { reply.select?.(); document.execCommand("copy"); }
    button.textContent = button.dataset.done;
    setTimeout(() => { button.textContent = words; }, 2000);
  });
}

const form = document.querySelector("[data-answer]");
if (form) {
  const text = form.elements.text, draft = DRAFT + location.pathname;
  const take = form.querySelector("[data-take]");
  if (take) {
    take.hidden = false;
    take.addEventListener("click", () => {
      text.value = text.value.trim() ? `${text.value.trimEnd()}\n\n${replyText()}` : replyText();
      text.dispatchEvent(new Event("input"));
      text.focus();
      text.setSelectionRange(0, 0);
    });
  }
  if (document.querySelector("[data-sent]")) {
    store.drop(draft);
    history.replaceState(null, "", location.pathname);  // what is written from now on outlives a reload
  } else if (!text.value) text.value = store.get(draft) ?? "";
  text.addEventListener("input", () => store.set(draft, text.value));
  let sent = false;
  form.addEventListener("submit", (event) => { if (sent) event.preventDefault(); sent = true; });
  addEventListener("pageshow", () => { sent = false; });
}

// Others may sit at this computer next.
document.querySelector('form[action="/desk/sign-out"]')?.addEventListener("submit", () => {
  try {
    for (const name of Object.keys(localStorage)) if (name.startsWith(DRAFT)) localStorage.removeItem(name);
  } catch { /* there is none, then */ }
});
