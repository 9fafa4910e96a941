// Seeking people as one types, and sieving long lists. Without it a button seeks and the list is whole: should anything fail
// here, that is what is left.

/** Milliseconds without a key before it is sought, and letters at the least. */
const PAUSE = 250;
const SHORTEST = 3;

const made = (name, attributes = {}, text = "") => {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.textContent = text;
  return element;
};

class Finder {
  constructor(fieldset) {
    this.several = fieldset.hasAttribute("data-app-several");
    this.address = fieldset.dataset.appFinder;
    this.words = fieldset.dataset;
    this.found = fieldset.querySelector(".app-finder__found");
    this.input = fieldset.querySelector(".app-finder__row input");
    this.button = fieldset.querySelector(".app-finder__row button");
    this.name = this.input.name.replace(/-cari$/, "");
    this.people = [];
    this.at = -1;
    this.list = made("ul", { id: `${this.name}-daftar`, role: "listbox", class: "app-finder__list", hidden: "" });
    this.list.setAttribute("aria-label", this.words.appList);
    this.status = made("p", { class: "app-fact app-finder__status", role: "status" });
    this.input.parentElement.after(this.list, this.status);
    const roles = { role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": this.list.id };
    for (const [key, value] of Object.entries(roles)) this.input.setAttribute(key, value);
    this.button.hidden = true;
    this.input.addEventListener("input", () => this.wait());
    this.input.addEventListener("keydown", (event) => this.key(event));
    this.input.addEventListener("blur", () => setTimeout(() => this.close(), 150));
    this.list.addEventListener("mousedown", (event) => event.preventDefault());
    this.list.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) this.choose(Number(option.dataset.place));
    });
  }

  wait() {
    clearTimeout(this.timer);
    this.asking?.abort();
    if (this.input.value.trim().length < SHORTEST) return this.close("");
    this.timer = setTimeout(() => this.seek(), PAUSE);
  }

  async seek() {
    this.asking = new AbortController();
    try {
      const query = new URLSearchParams({ kata: this.input.value });
      const answer = await fetch(`${this.address}?${query}`, { signal: this.asking.signal, redirect: "error" });
      this.show(await answer.json());
    } catch (error) {
      if (error.name === "AbortError") return;
      this.button.hidden = false; // the server may yet be asked by sending the form
      this.close(this.words.appFailed);
    }
  }

  show({ items = [], more = false, says = "" }) {
    this.people = items;
    this.at = -1;
    this.list.replaceChildren(...items.map((person, place) => {
      const option = made("li", { id: `${this.list.id}-${place}`, role: "option", "aria-selected": "false", "data-place": place });
      option.append(made("bdi", { class: "app-finder__name" }, person.name), made("span", { class: "app-fact" }, person.about));
      return option;
    }));
    this.open(items.length > 0);
    const count = (more ? this.words.appMany : this.words.appSome).replace("{count}", items.length);
    this.status.textContent = says || (items.length ? count : this.words.appNone);
  }

  open(is) {
    this.list.hidden = !is;
    this.input.setAttribute("aria-expanded", String(is));
    this.input.removeAttribute("aria-activedescendant");
  }

  close(says) {
    this.open(false);
    if (says !== undefined) this.status.textContent = says;
  }

  key(event) {
    if (this.list.hidden) return;
    const last = this.people.length - 1;
    if (event.key === "ArrowDown") this.go(this.at === last ? 0 : this.at + 1);
    else if (event.key === "ArrowUp") this.go(this.at <= 0 ? last : this.at - 1);
    else if (event.key === "Escape") this.close();
    else if (event.key === "Enter") this.choose(Math.max(this.at, 0));
    else return;
    event.preventDefault();
  }

  go(place) {
    this.list.children[this.at]?.setAttribute("aria-selected", "false");
    this.at = place;
    const option = this.list.children[place];
    option.setAttribute("aria-selected", "true");
    option.scrollIntoView({ block: "nearest" });
    this.input.setAttribute("aria-activedescendant", option.id);
  }

  choose(place) {
    const person = this.people[place];
    const known = [...this.found.querySelectorAll("input")].find((input) => input.value === person.id);
    if (known) known.checked = true;
    else this.add(person);
    this.input.value = "";
    this.close(`${person.name} dipilih.`);
  }

  /** Somebody who was found, as the server would have drawn them. */
  add(person) {
    const kind = this.several ? "checkboxes" : "radios";
    let boxes = this.found.firstElementChild;
    if (!boxes) this.found.append(boxes = made("div", { class: `govuk-${kind}` }));
    if (!this.several) boxes.replaceChildren();
    const id = `${this.name}-pilih-${boxes.children.length + 1}`;
    const item = made("div", { class: `govuk-${kind}__item` });
    const input = made("input", {
      class: `govuk-${kind}__input`, id, name: this.name, type: this.several ? "checkbox" : "radio", value: person.id,
      "aria-describedby": `${id}-item-hint`,
    });
    input.checked = true;
    const label = made("label", { class: `govuk-label govuk-${kind}__label`, for: id });
    label.append(made("bdi", {}, person.name));
    item.append(input, label, made("div", { id: `${id}-item-hint`, class: `govuk-hint govuk-${kind}__hint` }, person.about));
    boxes.append(item);
  }
}

/** A field above a long list that leaves in it what contains the typed words. */
function sieve(select) {
  const options = [...select.options].map((option) => [option, option.text.toLowerCase()]);
  const id = `${select.id}-saring`;
  const label = made("label", { class: "govuk-label", for: id }, select.dataset.appSieve);
  const input = made("input", { class: "govuk-input", id, type: "text", autocomplete: "off", spellcheck: "false" });
  const status = made("p", { class: "app-fact app-finder__status", role: "status" });
  input.addEventListener("input", () => {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    const chosen = select.selectedOptions[0];
    const left = options.filter(([option, text]) => !option.value || option === chosen || words.every((word) => text.includes(word)));
    select.replaceChildren(...left.map(([option]) => option));
    const matching = left.filter(([option, text]) => option.value && words.every((word) => text.includes(word)));
    if (matching.length === 1 && !chosen?.value) matching[0][0].selected = true;
    status.textContent = words.length ? `${matching.length} pilihan cocok.` : "";
  });
  input.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    select.focus();
  });
  const box = made("div", { class: "app-sieve" });
  box.append(label, input, status);
  select.before(box);
}

for (const fieldset of document.querySelectorAll("[data-app-finder]")) new Finder(fieldset);
for (const select of document.querySelectorAll("select[data-app-sieve]")) sieve(select);
