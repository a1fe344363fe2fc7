// Asks without leaving the page, and suggests while typing. Without this file the form works all the same.
const form = document.querySelector("form.ask");
const box = form.querySelector("textarea");
const button = form.querySelector("button");
const message = document.getElementById("message");
const list = document.getElementById("suggestions");
const status = document.getElementById("status");
const outcome = document.getElementById("outcome");
const texts = JSON.parse(document.getElementById("texts").textContent);
const locale = form.dataset.locale;
const DEBOUNCE_MS = 400;
let typed = 0; // counts keystrokes, so that late suggestions can be told from current ones
let asked = 0;
let timer;
let shown; // the last reply: its token goes with what is reported about it, its episode with the next question

function element(tag, attributes = {}, ...children) {
  const made = Object.assign(document.createElement(tag), attributes);
  made.append(...children);
  return made;
}

function hideSuggestions() {
  typed += 1;
  clearTimeout(timer);
  list.hidden = true;
  list.replaceChildren();
}

async function suggest() {
  const mine = typed;
  const q = box.value.trim();
  let found = [];
  try {
    const response = await fetch("/v1/suggest?" + new URLSearchParams({ q, locale }));
    if (!response.ok) return;
    found = (await response.json()).suggestions;
  } catch {
    return; // suggestions are a courtesy
  }
  if (mine !== typed) return;
  list.replaceChildren(
    ...found.map((one) => element("li", { lang: one.page.locale }, element("a", { href: one.url }, one.text))),
  );
  list.hidden = found.length === 0;
  if (q.length >= 3)
    status.textContent = found.length ? texts.suggestions_some.replace("{count}", found.length) : texts.suggestions_none;
}

// Offsets count code points, as everywhere in Askfirst; JavaScript's own strings count UTF-16 units.
function marked(extract) {
  const points = Array.from(extract.text);
  const parts = [];
  let position = 0;
  for (const [start, end] of extract.highlights) {
    parts.push(points.slice(position, start).join(""));
    parts.push(element("mark", {}, points.slice(start, end).join("")));
    position = end;
  }
  parts.push(points.slice(position).join(""));
  return parts;
}

function hit(answer) {
  const path = answer.passage.heading_path;
  const title = path.length ? path[path.length - 1] : answer.page.title;
  const article = element(
    "article",
    { className: "hit", lang: answer.page.locale, dir: "auto" },
    element("h3", {}, element("a", { href: answer.passage.url }, title)),
  );
  article.dataset.rank = answer.rank;
  if (answer.other_language) {
    const name = new Intl.DisplayNames([locale], { type: "language" }).of(answer.page.locale);
    article.append(element("p", { className: "language", lang: locale }, texts.other_language.replace("{language}", name)));
  }
  const link = element("a", { href: answer.passage.url, lang: locale }, texts.read_on);
  link.setAttribute("aria-label", texts.read_on + ": " + title);
  article.append(
    element("p", { className: "extract" }, ...marked(answer.extract)),
    element("p", { className: "source" }, link, " · " + answer.page.title),
  );
  return article;
}

function show(reply) {
  const hits = reply.answers.map(hit);
  if (reply.outcome === "answered") {
    outcome.replaceChildren(element("h2", {}, texts.answered), hits[0]);
    if (hits.length > 1) outcome.append(element("h2", {}, texts.also), ...hits.slice(1));
  } else if (reply.outcome === "related") {
    outcome.replaceChildren(element("p", { className: "notice" }, texts.related), ...hits);
  } else {
    const notice = element("div", { className: "notice" });
    notice.append(element("p", {}, element("strong", {}, texts.missed)), element("p", {}, texts.missed_hint));
    outcome.replaceChildren(notice);
  }
}

async function ask() {
  hideSuggestions();
  message.textContent = "";
  if (!box.value.trim()) {
    message.textContent = texts.empty;
    return;
  }
  const mine = ++asked;
  button.setAttribute("aria-busy", "true");
  status.textContent = texts.searching;
  try {
    const response = await fetch("/v1/answers", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ question: box.value, locale, entry: "page", episode: shown?.episode }),
    });
    if (mine !== asked) return;
    if (response.ok) {
      status.textContent = "";
      shown = await response.json();
      show(shown);
    } else {
      outcome.replaceChildren();
      message.textContent =
        response.status === 503 ? texts.not_ready : [413, 422].includes(response.status) ? texts.too_long : texts.failed;
    }
  } catch {
    if (mine === asked) message.textContent = texts.failed;
  } finally {
    if (mine === asked) button.removeAttribute("aria-busy");
  }
}

// A beacon outlives the page that is left by the click. Which pages are opened is all that is reported.
outcome.addEventListener("click", (event) => {
  const rank = event.target.closest("a")?.closest("article.hit")?.dataset.rank;
  if (!rank || !shown) return;
  const opened = {
    event_id: crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`.replace(".", ""),
    token: shown.token,
    type: "opened",
    rank: Number(rank),
    at: new Date().toISOString(),
  };
  navigator.sendBeacon("/v1/events", new Blob([JSON.stringify([opened])], { type: "application/json" }));
});

form.addEventListener("submit", (event) => {
  event.preventDefault();
  ask();
});
box.addEventListener("input", () => {
  hideSuggestions();
  if (box.value.trim().length >= 2 && box.value.length <= 200) timer = setTimeout(suggest, DEBOUNCE_MS);
});
box.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    ask();
  } else if (event.key === "Escape") {
    hideSuggestions();
  }
});
