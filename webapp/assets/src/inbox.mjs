// The keys of the inbox. Inside fields and while an input method is composing, letters are letters.
const OFF = 'anju-letters-off';
const list = document.getElementById('keys');
const letters = list.querySelector('[data-letters]');
let isGoing = false;

const lettersAct = () => localStorage.getItem(OFF) === null;
letters.checked = lettersAct();
const button = document.querySelector('[data-open-keys]');
button.hidden = false;
button.addEventListener('click', () => list.showModal());
letters.addEventListener('change', () => letters.checked ? localStorage.removeItem(OFF) : localStorage.setItem(OFF, '1'));

const titles = () => [...document.querySelectorAll('#inbox .row-title')];
const key = name => document.querySelector(`[data-key="${name}"]`);
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
  o: () => document.activeElement.closest('#inbox .rows > li')?.querySelector('.row-title').click(),
  c: () => send('c'),
  u: () => send('u'),
  '/': () => document.getElementById('q')?.focus(),
  '?': () => list.showModal(),
};
const places = { m: 'mine', t: 'team', o: 'overdue' };

const isField = element => element.closest('input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]') !== null;

// Orders with Ctrl act in fields too; whoever reloads a page of a task does not lose what was typed.
function command(event) {
  const button = { Enter: key('complete'), s: key('draft'), S: key('draft') }[event.key];
  if (!button || button.closest('fieldset[disabled]')) return;
  event.preventDefault();
  button.click();
}

document.addEventListener('keydown', event => {
  if (event.isComposing || event.keyCode === 229 || list.open || event.altKey) return;
  if (event.ctrlKey || event.metaKey) { command(event); return; }
  if (event.key === 'Escape') { if (isField(event.target)) event.target.blur(); isGoing = false; return; }
  if (isField(event.target) || !lettersAct()) return;
  if (isGoing && event.key in places) { location.assign(list.dataset[places[event.key]]); return; }
  isGoing = event.key === 'g';
  if (!Object.hasOwn(actions, event.key)) return;
  event.preventDefault();
  actions[event.key]();
});

// The order applies at once where there is no need for a button, also after the list was exchanged.
document.addEventListener('change', event => {
  if (event.target.matches('#inbox select')) event.target.form.requestSubmit();
});
