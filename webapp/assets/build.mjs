// Bundles what the pages load into ../static/dist. Fonts are files, so the policy needs no data: fonts.
import * as esbuild from 'esbuild';
import fs from 'node:fs';
import { dirname } from 'node:path';
import zlib from 'node:zlib';
import { smallBootstrap } from './src/bootstrap.build.mjs';
import { words } from './src/i18n/build.mjs';
import { adoptedStyles, columnTitles, literals } from './src/formeditor/literals.mjs';

const target = new URL('../static/dist/', import.meta.url);
const fonts = Object.fromEntries(['.woff', '.woff2', '.ttf', '.eot', '.svg'].map(ending => [ending, 'file']));

const result = await esbuild.build({
  entryPoints: ['src/app.css', 'src/staff.css', 'src/app.mjs', 'src/offline.mjs', 'src/home.mjs', 'src/forms.mjs', 'src/casepage.mjs', 'src/inbox.mjs', 'src/keyfields.mjs', 'src/palette.mjs', 'src/signature.mjs', 'src/viewer.mjs', 'src/diff.mjs', 'src/notifications.mjs', 'src/passkeys.mjs', 'src/worker.mjs'],
  bundle: true,
  minify: true,
  format: 'iife',
  target: 'es2022',
  outdir: '../static/dist',
  loader: fonts,
  assetNames: 'fonts/[name]-[hash]',
  plugins: [smallBootstrap],
  metafile: true,
  write: false,
  logLevel: 'warning',
});
// The editors of supervisors: large, so each is loaded by its own page only.
const editors = await esbuild.build({
  entryPoints: ['src/modeler.mjs', 'src/formeditor.mjs', 'src/formlist.mjs', 'src/decisions.mjs', 'src/decisionrows.css'],
  bundle: true,
  minify: true,
  format: 'iife',
  target: 'es2022',
  outdir: '../static/dist',
  loader: fonts,
  assetNames: 'fonts/[name]-[hash]',
  jsx: 'automatic',
  jsxImportSource: '@bpmn-io/properties-panel/preact',
  plugins: [words, literals, adoptedStyles, columnTitles],
  metafile: true,
  write: false,
  logLevel: 'warning',
});
// Only when everything could be built the old files go: a mistake leaves the pages as they were.
fs.rmSync(target, { recursive: true, force: true });
for (const { path, contents } of [...result.outputFiles, ...editors.outputFiles]) {
  fs.mkdirSync(dirname(path), { recursive: true });
  fs.writeFileSync(path, contents);
}
fs.copyFileSync('node_modules/htmx.org/dist/htmx.min.js', new URL('htmx.min.js', target));

// Each text file also in small forms, which the server hands to browsers that take them.
const LARGE = 400_000;  // bytes; from here on the best quality takes seconds and gains little
for (const name of fs.readdirSync(target).filter(each => /\.(css|js)$/.test(each))) {
  const text = fs.readFileSync(new URL(name, target));
  const quality = text.length > LARGE ? 9 : 11;
  fs.writeFileSync(new URL(`${name}.br`, target), zlib.brotliCompressSync(text, { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: quality } }));
  fs.writeFileSync(new URL(`${name}.gz`, target), zlib.gzipSync(text, { level: 9 }));
}

// The printed letters' font, embedded in every PDF: SIL Open Font License, see LICENSE_FONT beside it.
const letters = new URL('../../housing/letters/fonts/', import.meta.url);
const font = 'node_modules/@expo-google-fonts/noto-sans-tc';
fs.mkdirSync(letters, { recursive: true });
for (const file of ['400Regular/NotoSansTC_400Regular.ttf', '700Bold/NotoSansTC_700Bold.ttf', 'LICENSE_FONT'])
  fs.copyFileSync(`${font}/${file}`, new URL(file.split('/').pop(), letters));
for (const [file, output] of Object.entries({ ...result.metafile.outputs, ...editors.metafile.outputs })) console.log(output.bytes, file);
