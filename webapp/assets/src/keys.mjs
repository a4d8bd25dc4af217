// The keys of staff on every page: what is pressed becomes a command. Inside fields letters are letters.
import { keys, strokeOf } from './strokes.mjs';

const help = document.getElementById('key-help');
const addresses = JSON.parse(help.dataset.addresses);
const commands = new Map(Object.entries(keys).map(([command, key]) => [key, command]));
const begins = new Set(Object.values(keys).filter(key => key.includes(' ')).map(key => key.split(' ')[0]));
let first = '';  // of a key of two strokes: it waits for the second one as long as it takes (WCAG 2.2.1)

const isField = element => element.closest('input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]') !== null;
const isInEditor = element => element.closest('[data-part="canvas"], [data-part="panel"]') !== null;

function showHelp() {
  help.showModal();
  help.querySelector('h2').focus();  // not the link at the end, which would scroll the list away
}

/** Does what can be done on every page; the rest is left to the page. Tells whether anything was done. */
function run(command) {
  if (command === 'help') showHelp();
  else if (command in addresses) location.assign(addresses[command]);
  else return !document.dispatchEvent(new CustomEvent('anju:command', { detail: command, cancelable: true }));
  return true;
}

function escape(field) {
  first = '';
  if (isField(field)) field.blur();
}

document.addEventListener('keydown', event => {
  const { target } = event;
  if (event.defaultPrevented || document.querySelector('dialog[open]') || isInEditor(target)) return;
  const stroke = strokeOf(event);
  if (event.key === 'Escape' && !event.isComposing) escape(target);
  if (!stroke || (isField(target) && !stroke.startsWith('Ctrl+'))) return;
  const pair = first && `${first} ${stroke}`;
  first = !commands.has(pair) && begins.has(stroke) ? stroke : '';
  const command = commands.get(pair) ?? commands.get(stroke);
  if (command && run(command)) event.preventDefault();
});

const button = document.querySelector('[data-open-keys]');
if (button) {
  button.hidden = false;
  button.addEventListener('click', showHelp);
}
