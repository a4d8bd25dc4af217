// The command palette: its key opens it, arrows choose, Enter goes there. A combobox after ARIA 1.2.
import './keys.mjs';
import { keys, strokeOf } from './strokes.mjs';

const link = document.querySelector('[data-palette]');
const dialog = document.getElementById('palette');
const field = dialog.querySelector('input'), list = dialog.querySelector('[role="listbox"]'), state = dialog.querySelector('[role="status"]');
let options = [], at = -1, asked = 0, timer;

function choose(next) {
  options[at]?.setAttribute('aria-selected', 'false');
  at = options.length ? (next + options.length) % options.length : -1;
  options[at]?.setAttribute('aria-selected', 'true');
  options[at]?.scrollIntoView({ block: 'nearest' });
  if (at < 0) field.removeAttribute('aria-activedescendant');
  else field.setAttribute('aria-activedescendant', options[at].id);
}

function drawn(entry, number) {
  const option = document.createElement('div');
  option.id = `palette-${number}`;
  option.setAttribute('role', 'option');
  option.setAttribute('aria-selected', 'false');
  option.dataset.address = entry.address;
  option.append(document.createElement('span'));
  option.firstChild.textContent = entry.words;
  if (entry.more) option.append(Object.assign(document.createElement('small'), { textContent: entry.more }));
  if (entry.key) option.append(Object.assign(document.createElement('kbd'), { textContent: entry.key }));
  return option;
}

function show({ groups, summary }) {
  let number = 0;
  list.replaceChildren(...groups.map((group, place) => {
    const box = document.createElement('div'), title = document.createElement('span');
    title.id = `palette-group-${place}`;
    title.textContent = group.title;
    box.setAttribute('role', 'group');
    box.setAttribute('aria-labelledby', title.id);
    box.append(title, ...group.entries.map(entry => drawn(entry, number++)));
    return box;
  }));
  options = [...list.querySelectorAll('[role="option"]')];
  at = -1;
  field.setAttribute('aria-expanded', String(options.length > 0));
  state.textContent = summary;
  choose(0);
}

async function ask() {
  const mine = ++asked;
  const answer = await fetch(`${link.dataset.palette}?q=${encodeURIComponent(field.value)}`, { headers: { Accept: 'application/json' } });
  if (mine !== asked || !answer.ok) return;
  show(await answer.json());
}

function open() {
  if (dialog.open || document.querySelector('dialog[open]')) return;
  field.value = '';
  dialog.showModal();
  ask();
}

const go = option => option && location.assign(option.dataset.address);

link.addEventListener('click', event => { event.preventDefault(); open(); });
field.addEventListener('input', event => {
  if (event.isComposing) return;
  clearTimeout(timer);
  timer = setTimeout(ask, 120);
});
field.addEventListener('compositionend', () => ask());
field.addEventListener('keydown', event => {
  if (event.isComposing || event.keyCode === 229) return;
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step) { event.preventDefault(); choose(at + step); }
  else if (event.key === 'Enter') { event.preventDefault(); go(options[at]); }
});
list.addEventListener('click', event => go(event.target.closest('[role="option"]')));
dialog.addEventListener('click', event => { if (event.target === dialog) dialog.close(); });
document.addEventListener('keydown', event => {
  if (!keys.palette || strokeOf(event) !== keys.palette) return;
  event.preventDefault();
  open();
});
