// The support widget: <askfirst-support>, or this script alone with data-locale. It shows the same way from a question
// to a ticket as the support page, inside any page whose origin the operator has allowed.
(() => {
  const script = document.currentScript;
  const home = script.src.replace(/\/widget\.js([?#].*)?$/, "");
  // The look of the page around stays outside: only colours and the font come in, by custom properties.
  const OWN = ":host { display: block } .flow { all: initial; display: block; color-scheme: inherit; visibility: inherit; pointer-events: inherit }";

  class AskfirstSupport extends HTMLElement {
    #session = "";
    #field = null;
    #loaded = null;
    #here = null;
    #renewal = 0;

    connectedCallback() {
      this.#here = new AbortController();
      if (!this.shadowRoot) this.attachShadow({ mode: "open" }).append(document.createElement("slot")); // what the page shows without us
      const { signal } = this.#here;
      this.ready = this.#start(signal).catch((error) => {
        if (!signal.aborted) this.#emit("unavailable", { message: error.message });
      });
    }

    disconnectedCallback() {
      this.#here.abort();
      clearTimeout(this.#renewal);
    }

    // Signs in whom the shop's own server vouches for; to be called again when somebody signs in later.
    async identify(identity) {
      const response = await fetch(`${home}/v1/sessions`, {
        method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ identity }),
      });
      if (!response.ok) throw new Error("the identity was refused");
      const session = await response.json();
      const before = this.#session;
      this.#session = session.session;
      // A minute before it ends, so that nobody loses a message to it.
      const left = Date.parse(session.expires_at) - Date.now() - 60_000;
      clearTimeout(this.#renewal);
      if (this.isConnected) this.#renewal = setTimeout(() => this.#identify(), Math.min(Math.max(left, 60_000), 2 ** 31 - 1));
      if (!before) this.flow?.reopen();
      return session;
    }

    // Without an identity the widget is that of somebody who has not signed in.
    async #identify() {
      const url = this.getAttribute("identity-url");
      try {
        const response = url && (await fetch(url, { credentials: "same-origin" }));
        const given = url ? response.ok && (await response.text()).trim() : this.getAttribute("identity")?.trim();
        if (given) await this.identify(given);
      } catch { /* the service's log says why it was refused */ }
    }

    async #start(signal) {
      const failed = (error) => { this.#loaded = null; throw error; };
      const [loaded] = await Promise.all([(this.#loaded ??= this.#load().catch(failed)), this.#identify()]);
      if (signal.aborted) return;
      const { attach, options } = loaded;
      this.flow = attach(this.shadowRoot, this, {
        ...options, base: home, part: "widget", entry: this.getAttribute("entry") || "widget",
        session: () => this.#session, drafts: !this.hasAttribute("field"), signal,
      });
      // Whoever has signed in to the shop in another tab is signed in here, too.
      document.addEventListener("visibilitychange", () => {
        if (!document.hidden && !this.#session && this.hasAttribute("identity-url")) this.#identify();
      }, { signal });
      this.#emit("ready");
    }

    async #load() {
      const locale = this.getAttribute("locale") || document.documentElement.lang || navigator.language;
      const load = async (path) => {
        const response = await fetch(home + path);
        if (!response.ok) throw new Error(`${path}: ${response.status}`);
        return response.text();
      };
      const [html, css, { attach, parse }] = await Promise.all([
        load(`/widget/${encodeURIComponent(locale)}`), load("/static/flow.css"), import(`${home}/static/flow.js`),
      ]);
      const flow = parse(html).querySelector("[data-flow]");
      const [own, look] = [new CSSStyleSheet(), new CSSStyleSheet()];
      own.replaceSync(OWN);
      this.shadowRoot.adoptedStyleSheets = [own];
      this.shadowRoot.replaceChildren(flow);
      // A rem is the page's; ours is the size that the visitor has set in the browser.
      const size = parseFloat(getComputedStyle(flow).fontSize) || 16;
      look.replaceSync(css.replace(/([\d.]+)rem\b/g, (_, number) => `${number * size}px`));
      this.shadowRoot.adoptedStyleSheets = [own, look];
      this.#carry();
      return { attach, options: { locale: flow.dataset.locale, texts: JSON.parse(flow.dataset.texts) } };
    }

    // In a form of the page's own, a hidden field carries what was asked and shown.
    #carry() {
      const name = this.getAttribute("field");
      if (!name) return;
      const field = (this.#field = Object.assign(document.createElement("input"), { type: "hidden", name }));
      if (this.hasAttribute("form")) field.setAttribute("form", this.getAttribute("form"));
      this.append(field);
      this.addEventListener("askfirst-answered", ({ detail: { question, token, episode, answers } }) => {
        field.value = JSON.stringify({ question, token, episode, answers });
      });
      this.addEventListener("askfirst-help", (event) => {
        event.preventDefault(); // the page has a form of its own
        const fields = [...(field.form?.elements ?? [])];
        fields.find((one) => one.matches("input:not([type=hidden]), textarea, select") && !this.contains(one))?.focus();
      });
    }

    #emit(name, detail = {}) {
      this.dispatchEvent(new CustomEvent(`askfirst-${name}`, { bubbles: true, composed: true, detail }));
    }
  }

  if (!customElements.get("askfirst-support")) customElements.define("askfirst-support", AskfirstSupport);

  // The script alone puts a widget in the place that it names, or where it is itself.
  function place() {
    if (document.querySelector("askfirst-support")) return;
    const element = document.createElement("askfirst-support");
    for (const [name, value] of Object.entries(script.dataset))
      if (name !== "target") element.setAttribute(name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`), value);
    const target = script.dataset.target && document.querySelector(script.dataset.target);
    if (target) target.append(element);
    else if (script.closest("body")) script.after(element);
    else document.body.append(element);
  }
  if (!script.dataset.locale) return;
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", place);
  else place();
})();
