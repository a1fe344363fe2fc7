// Shows what this page hears from the widget. It comes before the widget and listens at once: the widget may have
// something to say before the page is whole.
(() => {
  const show = (name, detail) => {
    const list = document.getElementById("heard");
    if (!list.dataset.heard) list.replaceChildren();
    list.dataset.heard = name;
    const item = document.createElement("li");
    const code = document.createElement("code");
    code.textContent = `askfirst-${name} ${JSON.stringify(detail)}`;
    item.append(code);
    list.append(item);
  };
  for (const name of ["ready", "unavailable", "asked", "answered", "opened", "solved", "failed", "help", "sent"])
    document.addEventListener(`askfirst-${name}`, ({ detail }) => {
      if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", () => show(name, detail));
      else show(name, detail);
    });
})();
