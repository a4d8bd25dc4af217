// Conditions as rows of field, operator and value, to FEEL and back. What rows cannot say stays text.

export const OPERATORS = ['=', '!=', '<', '<=', '>', '>=', 'contains'];

const NAME = String.raw`[\p{L}_][\p{L}\p{N}_]*(?:\.[\p{L}_][\p{L}\p{N}_]*)*`;
const LITERAL = String.raw`"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?|true|false|null`;
const COMPARISON = new RegExp(String.raw`^(${NAME})\s*(!=|<=|>=|=|<|>)\s*(${LITERAL})$`, 'u');
const MEMBERSHIP = new RegExp(String.raw`^list contains\(\s*(${NAME})\s*,\s*(${LITERAL})\s*\)$`, 'u');

/** Split at a word that stands outside of quotes and brackets. */
function split(text, word) {
  const parts = [];
  let depth = 0, quoted = false, from = 0;
  for (let at = 0; at < text.length; at += 1) {
    const sign = text[at];
    if (sign === '\\' && quoted) at += 1;
    else if (sign === '"') quoted = !quoted;
    else if (!quoted && '([{'.includes(sign)) depth += 1;
    else if (!quoted && ')]}'.includes(sign)) depth -= 1;
    else if (!quoted && depth === 0 && text.startsWith(` ${word} `, at)) {
      parts.push(text.slice(from, at));
      from = at + word.length + 2;
    }
  }
  return [...parts, text.slice(from)].map(part => part.trim());
}

function readRow(text) {
  const compared = COMPARISON.exec(text);
  if (compared) return { field: compared[1], operator: compared[2], value: readLiteral(compared[3]) };
  const listed = MEMBERSHIP.exec(text);
  return listed ? { field: listed[1], operator: 'contains', value: readLiteral(listed[2]) } : null;
}

const readLiteral = text => JSON.parse(text);

/**
 * Read FEEL as rows.
 * @param {string} text with or without the leading "="
 * @returns {{ joined: 'and'|'or', rows: { field: string, operator: string, value: unknown }[] } | null}
 *   null if rows cannot say it
 */
export function readRows(text) {
  const expression = text.trim().replace(/^=/, '').trim();
  if (!expression) return { joined: 'and', rows: [] };
  for (const joined of ['and', 'or']) {
    const rows = split(expression, joined).map(readRow);
    if (rows.every(Boolean)) return { joined, rows };
  }
  return null;
}

const writeRow = ({ field, operator, value }) =>
  operator === 'contains' ? `list contains(${field}, ${JSON.stringify(value)})` : `${field} ${operator} ${JSON.stringify(value)}`;

/** Write rows as FEEL with the leading "=". Rows without a field are left out. */
export function writeRows({ joined, rows }) {
  const said = rows.filter(row => row.field).map(writeRow);
  return said.length ? `=${said.join(` ${joined} `)}` : '';
}

/** The names of variables in an expression, without FEEL's own words and texts. */
export function namesIn(text) {
  const bare = text.replace(/"(?:[^"\\]|\\.)*"/g, ' ');
  const found = bare.match(new RegExp(String.raw`(?<![\p{L}\p{N}_.])${NAME}(?![\p{L}\p{N}_.])(?!\s*\()`, 'gu')) ?? [];
  const own = new Set(['if', 'then', 'else', 'and', 'or', 'not', 'in', 'for', 'return', 'some', 'every',
    'satisfies', 'between', 'instance', 'of', 'true', 'false', 'null', 'function', 'list', 'contains', 'item']);
  return [...new Set(found.map(name => name.split('.')[0]).filter(name => !own.has(name)))];
}

/** A sample value as it was typed: JSON where it is JSON, else text. */
export function readSample(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
