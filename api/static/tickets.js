// Whoever uses this browser next is not to find what was being written.
document.querySelector("[data-sign-out]").addEventListener("submit", () => {
  try {
    for (const name of Object.keys(localStorage)) if (name.startsWith("askfirst.draft.")) localStorage.removeItem(name);
  } catch { /* not allowed: then nothing was kept either */ }
});
