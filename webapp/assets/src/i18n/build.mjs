// The words of the editors, made while bundling: `import words from 'words:bpmn'` gives English to Traditional Chinese.
// Community translations are Simplified; OpenCC turns them into the usage of Taiwan, and our own files have the last word.
import * as OpenCC from 'opencc-js';
import fs from 'node:fs';

const COMMUNITY = {
  bpmn: [
    'bpmn-js-i18n/translations/zn.js', // the name really is zn.js
    'bpmn-js-i18n-zh/lib/bpmn-js/index.js',
    'bpmn-js-i18n-zh/lib/properties-panel/index.js',
  ],
};

const here = new URL('./', import.meta.url);
const read = name => JSON.parse(fs.readFileSync(new URL(name, here), 'utf8'));

/** Collect the words of one editor: community, then `<name>.json` of this folder, which overrides. */
export async function wordsOf(name) {
  const loaded = await Promise.all((COMMUNITY[name] ?? []).map(path => import(path)));
  const convert = OpenCC.Converter({ from: 'cn', to: 'twp' });
  const all = Object.assign({}, ...loaded.map(each => each.default));
  const converted = Object.entries(all).map(([english, text]) => [english, convert(text)]);
  return { ...Object.fromEntries(converted), ...read(`${name}.json`) };
}

/** An esbuild plugin that answers `words:<name>`. */
export const words = {
  name: 'words',
  setup(build) {
    build.onResolve({ filter: /^words:/ }, args => ({ path: args.path.slice('words:'.length), namespace: 'words' }));
    build.onLoad({ filter: /.*/, namespace: 'words' }, async args => ({
      contents: JSON.stringify(await wordsOf(args.path)),
      loader: 'json',
      watchFiles: [new URL(`${args.path}.json`, here).pathname],
    }));
  },
};
