// What the editor says: the library's words and our own, in the reader's language.
import chinese from 'words:bpmn';

/** Whether the reader reads English: then the model's Chinese names stand beside theirs. */
export const isEnglish = document.documentElement.lang.startsWith('en');

/** English texts for which there is no Chinese; a test holds that none is met. */
export const missing = new Set();

/**
 * Say a text in the reader's language.
 * @param {string} text English, with {names} of values
 * @param {Record<string, unknown>} [values]
 */
export function say(text, values = {}) {
  if (!isEnglish && text && !(text in chinese) && /[A-Za-z]{2}/.test(text)) missing.add(text);
  const said = isEnglish ? text : chinese[text] ?? text;
  return said.replace(/{([^}]+)}/g, (_, name) => values[name] ?? `{${name}}`);
}

/** The library asks for its words here. */
export const translateModule = { translate: ['value', say] };
