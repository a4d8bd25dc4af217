// The words of the decision library in the reader's language.
import chinese from 'words:dmn';

const isEnglish = document.documentElement.lang.startsWith('en');

/** English texts for which there is no Chinese; a test holds that none is met. */
export const missing = new Set();

/** Say a text of the library, with {names} of values. */
export function say(text, values = {}) {
  if (!isEnglish && text && !(text in chinese) && /[A-Za-z]{3}/.test(text)) missing.add(text);
  return (isEnglish ? text : chinese[text] ?? text).replace(/{\s*([^}\s]+)\s*}/g, (_, name) => values[name] ?? `{${name}}`);
}

/** Each view of the library asks for its words here. */
export const translateModule = { translate: ['value', say] };
