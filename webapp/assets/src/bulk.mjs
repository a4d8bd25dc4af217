// Choosing many tasks: a range with Shift, the page, all of the view; dialogs for what a verb asks.
import { keys, strokeOf } from './strokes.mjs';

const bar = () => document.querySelector('[data-bulk]');
const boxes = () => [...document.querySelectorAll('input[name="task"][form="bulk"]')];
const chosen = () => boxes().filter(box => box.checked);
let last = null;

const say = (words, number) => words.replace('{n}', number);

function refresh() {
  const form = bar(), all = boxes();
  if (!form?.dataset.chosen) return;
  const count = chosen().length, isPage = count > 0 && count === all.length;
  const extent = form.querySelector('[name="extent"]'), page = form.querySelector('[data-select-page]');
  form.toggleAttribute('data-idle', !count);
  if (extent) {
    if (!isPage) extent.checked = false;
    form.querySelector('[data-all-choice]').hidden = !isPage;
  }
  page.checked = isPage;
  page.indeterminate = count > 0 && !isPage;
  const words = extent?.checked ? form.dataset.all : isPage ? form.dataset.page : form.dataset.chosen;
  form.querySelector('[data-bulk-count]').textContent = count ? say(words, count) : '';
  all.forEach(box => box.closest('li').toggleAttribute('data-chosen', box.checked));
}

function tick(isTicked, which = boxes()) {
  which.forEach(box => { box.checked = isTicked; });
  refresh();
}

export function togglePage() {
  tick(chosen().length < boxes().length);
}

export function toggleRow(row) {
  row?.querySelector('input[name="task"]')?.click();
}

// A command of the bar: acts on what is chosen, else on the row in focus. Says whether it did anything.
export function press(command, row) {
  const button = document.querySelector(`[data-bulk-command="${command}"]`);
  if (!button) return false;
  if (boxes().length && !chosen().length) {
    const box = row?.querySelector('input[name="task"]');
    if (!box) return false;
    tick(true, [box]);
  }
  button.click();
  return true;
}

export function start() {
  if (!bar()) return;
  bar().querySelector('[data-page-choice]')?.removeAttribute('hidden');
  refresh();
}

document.addEventListener('click', event => {
  if (event.target.closest('[data-dismiss]') && event.target.closest('dialog')) {
    event.preventDefault();
    event.target.closest('dialog').close();
  }
  const box = event.target.closest?.('input[name="task"][form="bulk"]');
  if (!box) return;
  const all = boxes(), from = all.indexOf(last), to = all.indexOf(box);
  if (event.shiftKey && from >= 0) tick(box.checked, all.slice(Math.min(from, to), Math.max(from, to) + 1));
  last = box;
});
document.addEventListener('change', event => {
  if (event.target.matches('[data-select-page]')) tick(event.target.checked);
  else if (event.target.matches('input[name="task"][form="bulk"], #bulk [name="extent"]')) refresh();
});

// The fields of a verb come into a dialog; where that fails the page with them opens instead.
async function ask(form, button) {
  const answer = await fetch(form.action, { method: 'POST', body: new FormData(form, button) });
  const found = new DOMParser().parseFromString(await answer.text(), 'text/html').getElementById('terms');
  if (!answer.ok || !found) { location.assign(answer.url); return; }
  const dialog = document.querySelector('[data-bulk-dialog]');
  dialog.replaceChildren(document.importNode(found, true));
  dialog.showModal();
  dialog.querySelector('[autofocus]')?.focus();
}

document.addEventListener('submit', event => {
  if (!event.target.matches('[data-bulk]') || !event.submitter?.hasAttribute('data-asks')) return;
  event.preventDefault();
  const { target, submitter } = event;
  ask(target, submitter).catch(() => { submitter.removeAttribute('data-asks'); submitter.click(); });
}, true);

document.addEventListener('keydown', event => {
  const form = event.target.closest?.('[data-bulk-dialog] form');
  if (form && strokeOf(event) === keys.complete) form.requestSubmit();
});
document.addEventListener('htmx:afterSettle', start);
window.addEventListener('pageshow', start);
start();
