// Which key was pressed, written as the server writes keys: "c", "?", "Ctrl+S".

/** Command to key, as this person chose them; without the list of keys there are none. */
export const keys = JSON.parse(document.getElementById('key-help')?.dataset.keys ?? '{}');

/** The key of an event; "" for one that no command can have, and while an input method is composing. */
export function strokeOf(event) {
  const key = event.key ?? '';  // what a browser fills in by itself comes without a key
  if (event.isComposing || event.keyCode === 229 || event.altKey) return '';
  const isLetter = /^[a-z]$/i.test(key);
  if (event.shiftKey && (isLetter || key.length > 1)) return '';
  if (event.ctrlKey || event.metaKey) return `Ctrl+${isLetter ? key.toUpperCase() : key}`;
  return key.length === 1 && key !== ' ' ? key.toLowerCase() : '';
}
