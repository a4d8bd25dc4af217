// The words of the form library in the reader's language.
import chinese from './chinese.json';

const isEnglish = document.documentElement.lang.startsWith('en');
const all = { ...chinese.labels, ...chinese.sentences };

/** Say a text of the library. */
export const say = text => (isEnglish ? text : all[text] ?? text);
