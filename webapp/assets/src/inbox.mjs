// The keys of the inbox. Inside fields and while an input method is composing, letters are letters.
import { press, togglePage, toggleRow } from './bulk.mjs';

const list = document.getElementById('keys');
let before = '';

const lettersAct = !('lettersOff' in list.dataset);
const button = document.querySelector('[data-open-keys]');
button.hidden = false;
button.addEventListener('click', () => list.showModal());

const titles = () => [...document.querySelectorAll('#inbox .row-title')];
const key = name => document.querySelector(`[data-key="${name}"]`);
const row = () => document.activeElement.closest('#inbox .rows > li');
const send = name => document.querySelector(`[data-key-form="${name}"]`)?.requestSubmit();

function move(by) {
  const rows = titles();
  const at = rows.findIndex(row => row.closest('li').contains(document.activeElement));
  const next = rows[at < 0 ? (by > 0 ? 0 : rows.length - 1) : at + by];
  next?.focus();
  next?.scrollIntoView({ block: 'nearest' });
}

const actions = {
  j: () => titles().length ? move(1) : key('j')?.click(),
  k: () => titles().length ? move(-1) : history.back(),
  o: () => row()?.querySelector('.row-title').click(),
  x: () => toggleRow(row()),
  c: () => press('c', row()) || send('c'),
  u: () => press('u', row()) || send('u'),
  a: () => press('a', row()),
  f: () => press('f', row()),
  n: () => press('n', row()),
  '/': () => document.getElementById('q')?.focus(),
  '?': () => list.showModal(),
};
const places = { m: 'mine', t: 'team', o: 'overdue' };

// Keys of two letters: g and a view, * and what to choose.
const pairs = {
  g: name => name in places && location.assign(list.dataset[places[name]]),
  '*': name => name === 'a' && togglePage(),
};

const isField = element => element.closest('input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]') !== null;

// Orders with Ctrl act in fields too; whoever reloads a page of a task does not lose what was typed.
function command(event) {
  const button = { Enter: key('complete'), s: key('draft'), S: key('draft') }[event.key];
  if (!button || button.closest('fieldset[disabled]')) return;
  event.preventDefault();
  button.click();
}

document.addEventListener('keydown', event => {
  if (event.isComposing || event.keyCode === 229 || event.altKey || document.querySelector('dialog[open]')) return;
  if (event.ctrlKey || event.metaKey) { command(event); return; }
  if (event.key === 'Escape') { if (isField(event.target)) event.target.blur(); before = ''; return; }
  if (isField(event.target) || !lettersAct || event.key === 'Shift') return;
  const pair = pairs[before];
  before = event.key;
  if (pair && pair(event.key) !== false) { before = ''; event.preventDefault(); return; }
  if (!Object.hasOwn(actions, event.key)) return;
  event.preventDefault();
  actions[event.key]();
});

// The order applies at once where there is no need for a button, also after the list was exchanged.
document.addEventListener('change', event => {
  if (event.target.matches('#inbox .filters select')) event.target.form.requestSubmit();
});

// The link of a list to the clipboard, where the browser lets pages write there.
function offerLink() {
  const copy = document.querySelector('[data-copy]');
  if (copy) copy.hidden = !navigator.clipboard;
}
document.addEventListener('click', event => {
  const copy = event.target.closest?.('[data-copy]');
  if (!copy) return;
  navigator.clipboard.writeText(copy.dataset.copy).then(() => { document.getElementById('inbox-said').textContent = copy.dataset.copied; copy.textContent = copy.dataset.copied; }, () => location.assign(copy.dataset.copy));
});

// A list that was exchanged in place leaves the focus where it was; where that is gone, at the search.
document.addEventListener('htmx:afterSettle', () => {
  offerLink();
  if (document.activeElement === document.body) document.getElementById('q')?.focus({ preventScroll: true });
});
offerLink();

// The list beside a task shows the task itself.
document.querySelector('.pane [aria-current]')?.closest('li').scrollIntoView({ block: 'nearest' });
