// What the widget tells the page around it, for whoever builds one.
const list = document.getElementById("heard");
const names = ["ready", "asked", "answered", "opened", "solved", "failed", "help", "sent", "unavailable"];
for (const name of names)
  document.addEventListener(`askfirst-${name}`, ({ detail }) => {
    if (!list.dataset.heard) list.replaceChildren();
    list.dataset.heard = name;
    const item = document.createElement("li");
    const code = document.createElement("code");
    code.textContent = `askfirst-${name} ${JSON.stringify(detail)}`;
    item.append(code);
    list.append(item);
  });
