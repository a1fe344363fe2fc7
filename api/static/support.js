import { attach } from "./flow.js";

const root = document.querySelector("[data-flow]");
const flow = attach(root, root, { locale: root.dataset.locale, texts: JSON.parse(root.dataset.texts) });

// A question in the fragment never reaches the server before it is asked: browsers' search boxes bring it this way.
function fromFragment() {
  const question = new URLSearchParams(location.hash.slice(1)).get("q");
  if (!question) return;
  history.replaceState(null, "", location.pathname);
  flow.ask(question);
}
fromFragment();
addEventListener("hashchange", fromFragment);
