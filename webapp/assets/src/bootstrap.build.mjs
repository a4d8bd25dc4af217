// Bootstrap without the rules whose classes no page of ours names: a sixth of its weight is left.
import fs from 'node:fs';

const SOURCES = [['../templates', /\.html$/], ['src', /\.mjs$/], ['..', /\.py$/]];

/** Every word in templates, scripts and Python: a class that is none of them stands on no page. */
function wordsOfPages() {
  const found = new Set();
  for (const [folder, ending] of SOURCES)
    for (const file of fs.readdirSync(folder, { recursive: true }))
      if (ending.test(file) && !file.includes('node_modules'))
        for (const [word] of fs.readFileSync(`${folder}/${file}`, 'utf8').matchAll(/[A-Za-z][\w-]*/g)) found.add(word);
  return found;
}

/** Cut a sheet into its rules: [selector or at-rule, body in braces]; comments are left out. */
function* rules(css) {
  const text = css.replace(/\/\*[^]*?\*\//g, '');
  for (let at = 0; at < text.length;) {
    const open = text.indexOf('{', at);
    if (open < 0) return;
    let depth = 1, end = open + 1;
    for (; depth > 0; end += 1) depth += text[end] === '{' ? 1 : text[end] === '}' ? -1 : 0;
    yield [text.slice(at, open).replace(/^[^]*;/, ''), text.slice(open + 1, end - 1)];
    at = end;
  }
}

const isUsed = words => selector => [...selector.matchAll(/\.([A-Za-z][\w-]*)/g)].every(([, name]) => words.has(name));

function shrink(css, words) {
  let kept = '';
  for (const [head, body] of rules(css)) {
    if (/^@(media|supports)/.test(head)) {
      const inner = shrink(body, words);
      if (inner) kept += `${head}{${inner}}`;
    } else if (head.startsWith('@')) kept += `${head}{${body}}`;
    else {
      const selectors = head.split(/,(?![^(]*\))/).filter(isUsed(words));
      if (selectors.length) kept += `${selectors.join(',')}{${body}}`;
    }
  }
  return kept;
}

/** The plugin: takes the place of Bootstrap's own file. */
export const smallBootstrap = { name: 'small-bootstrap', setup: build => build.onLoad(
  { filter: /bootstrap\.min\.css$/ },
  args => ({ loader: 'css', contents: shrink(fs.readFileSync(args.path, 'utf8'), wordsOfPages()) })) };
