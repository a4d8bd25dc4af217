// The fields of the page of keys take the key that is pressed, in the words of the server.
import { strokeOf } from './strokes.mjs';

const form = document.querySelector('[data-record-ctrl]');
const withCtrl = form.dataset.recordCtrl.split(' ').map(key => `Ctrl+${key}`);
const said = form.querySelector('[data-recorded]');

/** What a field holds after this key; nothing where the key is the browser's. */
function after(value, event) {
  if (['Backspace', 'Delete'].includes(event.key)) return '';
  const isFirst = value.length === 1;
  if (event.key === ' ') return isFirst ? `${value} ` : value;
  const stroke = strokeOf(event);
  if (stroke.startsWith('Ctrl+')) return withCtrl.includes(stroke) ? stroke : undefined;
  return stroke && (value.endsWith(' ') ? value + stroke : stroke) || undefined;
}

form.addEventListener('keydown', event => {
  const field = event.target.closest('[data-record]');
  const value = field && after(field.value, event);
  if (value === undefined || value === null) return;
  event.preventDefault();
  event.stopPropagation();  // the key is chosen, not used
  field.value = value;
  said.textContent = `${field.labels[0].textContent} ${value || form.dataset.recordNone}`;
});

document.querySelector('[data-record-help]').hidden = false;
