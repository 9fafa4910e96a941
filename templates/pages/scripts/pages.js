// What scripts add to pages. Without them everything works all the same: forms are sent, links lead on, details open.
import {
  Button, Checkboxes, ErrorSummary, NotificationBanner, PasswordInput, Radios, createAll,
} from "./govuk-frontend.min.js";

const PARTS = [Button, Checkboxes, ErrorSummary, NotificationBanner, PasswordInput, Radios];
/** Milliseconds in which a form that was sent is not sent again; a line that broke off is no dead end. */
const ONCE = 10_000;

const sent = new WeakMap();

function begin(scope) {
  for (const part of PARTS) createAll(part, undefined, { scope, onError: () => {} });
  for (const button of scope.querySelectorAll("[data-app-print]")) {
    button.hidden = false;
    button.onclick = () => print();
  }
}

document.body.classList.add("js-enabled", "govuk-frontend-supported");
begin(document);

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.getAttribute("method")?.toLowerCase() !== "post" || form.hasAttribute("target")) return;
  if (event.timeStamp - (sent.get(form) ?? -ONCE) < ONCE) {
    event.preventDefault();
    event.stopImmediatePropagation();
    return;
  }
  sent.set(form, event.timeStamp);
}, { capture: true });

// Whoever signs out leaves nothing of theirs in this browser.
document.addEventListener("submit", (event) => {
  if (event.target.getAttribute("action") !== "/keluar") return;
  try {
    for (const name of Object.keys(localStorage)) if (name.startsWith("jenjang:")) localStorage.removeItem(name);
  } catch { /* a browser that keeps nothing */ }
}, { capture: true });

// Going back leads to the form, not to the browser's question whether to send it again.
history.replaceState(null, "", location.href);

// Whoever comes back to a page that the browser kept may send its form anew.
addEventListener("pageshow", (event) => {
  if (event.persisted) for (const form of document.forms) sent.delete(form);
});
