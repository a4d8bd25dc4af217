// The inbox and its tasks: what the commands of keys do here.
import { press, togglePage, toggleRow } from './bulk.mjs';

const titles = () => [...document.querySelectorAll('#inbox .row-title')];
const row = () => document.activeElement.closest('#inbox .rows > li');

function move(by) {
  const rows = titles();
  const at = rows.findIndex(row => row.closest('li').contains(document.activeElement));
  const next = rows[at < 0 ? (by > 0 ? 0 : rows.length - 1) : at + by];
  next?.focus();
  next?.scrollIntoView({ block: 'nearest' });
}

// Presses the button or link of a command; says whether there is one that may be pressed.
function click(command) {
  const button = document.querySelector(`[data-command="${command}"]`);
  if (!button || button.closest('fieldset[disabled]')) return false;
  button.click();
  return true;
}

// Whatever gives false was not done.
const actions = {
  next: () => titles().length ? move(1) : click('next'),
  previous: () => titles().length ? move(-1) : history.back(),
  open: () => row()?.querySelector('.row-title').click(),
  choose: () => toggleRow(row()),
  choose_page: togglePage,
  claim: () => press('claim', row()) || click('claim'),
  unclaim: () => press('unclaim', row()) || click('unclaim'),
  assign: () => press('assign', row()),
  follow_up: () => press('follow_up', row()),
  note: () => press('note', row()),
  search: () => document.getElementById('q')?.focus(),
  complete: () => click('complete'),
  save_draft: () => click('save_draft'),
};

document.addEventListener('anju:command', event => {
  if (actions[event.detail] && actions[event.detail]() !== false) event.preventDefault();
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
