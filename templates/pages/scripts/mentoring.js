// A meeting that is being logged stays in this browser until the service has it: lines break off where mentors meet. Kept for
// the one who is signed in alone, sent once (its key was made when the form was opened), and gone when they sign out.
const PREFIX = "jenjang:sesi:";
/** Milliseconds after which it is tried again, and that one try may take. */
const AGAIN = 15_000, PATIENCE = 25_000;

const shelf = {
  read(name) {
    try { return JSON.parse(localStorage.getItem(name)); } catch { return null; }
  },
  write(name, value) {
    try { localStorage.setItem(name, JSON.stringify(value)); return true; } catch { return false; }
  },
  drop(name) {
    try { localStorage.removeItem(name); } catch { /* nothing was kept either */ }
  },
  names() {
    try { return Object.keys(localStorage).filter((name) => name.startsWith(PREFIX)); } catch { return []; }
  },
};

const list = document.querySelector("[data-app-unsent]");
const found = document.querySelector("form[data-app-kept]");
const person = (found ?? list)?.dataset.person;
// What another left on this machine is not for whoever sits here now.
for (const name of shelf.names()) if (!name.startsWith(`${PREFIX}${person}:`)) shelf.drop(name);

if (list) showUnsent(list);
if (found) keep(found);

function showUnsent(list) {
  for (const name of shelf.names()) {
    const reference = name.split(":").at(-1);
    const link = document.createElement("a");
    link.href = `/mentoring/${encodeURIComponent(reference)}/sesi`;
    link.className = "govuk-link";
    link.textContent = reference;
    const line = document.createElement("li");
    line.append(link);
    list.querySelector("ul").append(line);
    list.hidden = false;
  }
}

function keep(first) {
  let form = first, busy = false;
  const name = `${PREFIX}${form.dataset.person}:${form.dataset.case}`;

  // Not form.action: one of the fields has that name.
  const address = form.getAttribute("action");
  const part = (which) => form.querySelector(`[data-app-${which}]`);
  const fields = () => [...form.elements].filter((field) => field.name === "key" || (field.name && !["hidden", "submit"].includes(field.type)));

  function say(what) {
    const status = part("status");
    status.textContent = status.dataset[what] ?? "";
    part("enter").hidden = what !== "ended";
    part("again").hidden = what !== "waiting";
    part("change").hidden = !["waiting", "ended"].includes(what);
  }

  /** While it waits to be sent it stays as it was sent: the same key must not stand for something else. */
  function freeze(frozen) {
    for (const field of fields()) {
      if (field.type === "radio") field.disabled = frozen && !field.checked;
      else field.readOnly = frozen;
    }
  }

  function store(wanted) {
    const values = fields().map((field) => [field.id || field.name, ["radio", "checkbox"].includes(field.type) ? field.checked : field.value]);
    const kept = shelf.write(name, { values, wanted });
    if (!wanted) say(kept ? "kept" : "unkept");
    return kept;
  }

  function restore(kept) {
    const values = new Map(kept.values);
    for (const field of fields()) {
      const value = values.get(field.id || field.name);
      if (value === undefined) continue;
      if (["radio", "checkbox"].includes(field.type)) field.checked = value;
      else field.value = value;
    }
    for (const details of form.querySelectorAll("details")) {
      if ([...details.querySelectorAll("input, textarea")].some((field) => field.value)) details.open = true;
    }
  }

  async function send() {
    if (busy) return;
    busy = true;
    store(true);
    freeze(true);
    say("sending");
    try {
      await settle(await post() ?? await post(await freshToken()));
    } catch {
      say("waiting");
    } finally {
      busy = false;
    }
  }

  /** One try; null where the form's token is stale, which is nobody's fault. */
  async function post(token) {
    const field = form.elements["_csrf_token"];
    if (token && field) field.value = token;
    const body = new URLSearchParams(new FormData(form));
    const answer = await fetch(address, { method: "POST", body, signal: AbortSignal.timeout?.(PATIENCE) });
    return answer.status === 403 && !token && (await isStale(answer.clone())) ? null : answer;
  }

  const isStale = async (answer) => !pageOf(await answer.text()).querySelector("form[data-app-kept]");

  async function freshToken() {
    const answer = await fetch(address, { signal: AbortSignal.timeout?.(PATIENCE) });
    return pageOf(await answer.text()).querySelector('form[data-app-kept] [name="_csrf_token"]')?.value ?? "-";
  }

  async function settle(answer) {
    const path = new URL(answer.url).pathname;
    if (answer.status === 401 || path.startsWith("/masuk")) {
      say("ended");
    } else if (answer.redirected && answer.ok) {
      shelf.drop(name);
      say("sent");
      location.assign(answer.url);
    } else if (answer.status >= 500 || answer.status === 429) {
      say("waiting");
    } else {
      show(pageOf(await answer.text()));
    }
  }

  /** What the service finds wrong is shown in place; what was typed is in it. */
  function show(page) {
    const main = page.querySelector("main");
    if (!main) return say("waiting");
    document.querySelector("main").replaceWith(document.adoptNode(main));
    document.title = page.title;
    const next = main.querySelector("form[data-app-kept]");
    if (next) {
      form = next;
      begin();
      store(false);
    } else {
      shelf.write(name, { ...shelf.read(name), wanted: false });
    }
    const summary = main.querySelector(".govuk-error-summary, .govuk-notification-banner") ?? main;
    summary.tabIndex = -1;
    summary.focus();
  }

  function begin() {
    part("says").hidden = false;
    form.addEventListener("input", () => store(false));
    form.addEventListener("change", () => store(false));
    part("again").addEventListener("click", send);
    part("change").addEventListener("click", () => {
      freeze(false);
      store(false);
    });
  }

  // Before the page's own guard against sending twice, which would also stop what is tried again.
  addEventListener("submit", (event) => {
    if (event.target !== form) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    send();
  }, { capture: true });
  addEventListener("online", () => shelf.read(name)?.wanted && send());
  setInterval(() => shelf.read(name)?.wanted && navigator.onLine && !part("again").hidden && send(), AGAIN);

  begin();
  const kept = shelf.read(name);
  if (kept) {
    restore(kept);
    if (kept.wanted) send();
    else say("kept");
  }
}

function pageOf(text) {
  return new DOMParser().parseFromString(text, "text/html");
}
