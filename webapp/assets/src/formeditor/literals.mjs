// The form library has no hook for translations: while bundling, its words are sent through our own `say`.
// Pinned versions only: a word that is not met any more fails the build, so that an upgrade cannot lose one unseen.
import fs from 'node:fs';

const here = new URL('./', import.meta.url);
const LIBRARY = /@bpmn-io\/form-js-(editor|viewer)\/dist\/index\.es\.js$/;
const EDITOR = new URL('../../node_modules/@bpmn-io/form-js-editor/dist', here).pathname;
const ONE_PREACT = /form-js-viewer\/dist|\/src\/formeditor\//;
const SAY = 'anjuSay';

/** Whole words between quotes, wherever they stand; not as the name of a property. */
const SENTENCE = /(['"])((?:(?!\1)[^\\\n])+)\1(?!\s*:(?!:))/g;
/** A conditional's first branch is followed by a colon as well. */
const BRANCH = /(\?\s*)(['"])((?:(?!\2)[^\\\n])+)\2(\s*:)/g;
/** Short words are code elsewhere: only where something is labelled with them. */
const LABEL = /\b(label|title|name|placeholder|children|tooltip|text|headerText|description): (['"])([^'"\n]+)\2/g;

/** CodeMirror writes a style element, which the policy refuses; sheets it adopts are no element. */
export const adoptedStyles = {
  name: 'adopted-styles',
  setup(build) {
    build.onLoad({ filter: /style-mod\/src\/style-mod\.js$/ }, ({ path }) => {
      const contents = fs.readFileSync(path, 'utf8').replace('if (!root.head && root.adoptedStyleSheets', 'if (root.adoptedStyleSheets');
      if (!contents.includes('if (root.adoptedStyleSheets')) throw new Error('style-mod has changed');
      return { loader: 'js', contents };
    });
  },
};

/** The decision editor names the handles of its columns in English, past its own translations. */
export const columnTitles = {
  name: 'column-titles',
  setup(build) {
    build.onLoad({ filter: /dmn-js-decision-table\/lib\/features\/drag-and-drop\/DragAndDrop\.js$/ }, ({ path }) => {
      const title = "`Move ${isInput(col) ? 'Input' : 'Output'}`";
      const contents = fs.readFileSync(path, 'utf8').replace(title, "this._translate(isInput(col) ? 'Move input' : 'Move output')");
      if (!contents.includes("'Move input'")) throw new Error('the handles of dmn-js columns have changed');
      return { loader: 'js', contents };
    });
  },
};

export const literals = {
  name: 'literals',
  setup(build) {
    const { sentences, labels } = JSON.parse(fs.readFileSync(new URL('chinese.json', here), 'utf8'));
    const met = new Set();
    // editor, viewer and our own entries are drawn by one copy of preact, or its hooks lose their component
    build.onResolve({ filter: /^preact(\/|$)/ }, args => ONE_PREACT.test(args.importer) && args.resolveDir !== EDITOR
      ? build.resolve(args.path, { kind: args.kind, importer: args.importer, resolveDir: EDITOR }) : undefined);
    const said = text => { met.add(text); return `${SAY}(${JSON.stringify(text)})`; };
    build.onLoad({ filter: LIBRARY }, ({ path }) => {
      const contents = fs.readFileSync(path, 'utf8')
        .replace('title: `Create ${getIndefiniteArticle(type)} ${label} element`', 'title: label')
        .replace("valueLabel || 'Select'", `valueLabel || ${said('Please choose')}`)
        .replace("return 'Form';", `return ${said('Form')};`)
        .replace(BRANCH, (all, head, _quote, text, tail) => text in sentences ? head + said(text) + tail : all)
        .replace(LABEL, (all, key, _quote, text) => text in labels || text in sentences ? `${key}: ${said(text)}` : all)
        .replace(SENTENCE, (all, _quote, text, at, whole) => text in sentences && !whole.slice(0, at).endsWith(`${SAY}(`) ? said(text) : all);
      return { loader: 'js', contents: `import { say as ${SAY} } from ${JSON.stringify(new URL('words.mjs', here).pathname)};\n${contents}` };
    });
    build.onEnd(() => {
      const unmet = [...Object.keys(sentences), ...Object.keys(labels)].filter(text => !met.has(text));
      console.log(met.size, 'words of the form library are said in the reader’s language');
      return met.size && unmet.length ? { errors: [{ text: `words that the form library does not say any more: ${unmet.join(' | ')}` }] } : {};
    });
  },
};
