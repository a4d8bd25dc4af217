// Bundles what the pages load into ../static/dist. Fonts are files, so the policy needs no data: fonts.
import * as esbuild from 'esbuild';
import fs from 'node:fs';

const target = new URL('../static/dist/', import.meta.url);
const fonts = Object.fromEntries(['.woff', '.woff2', '.ttf', '.eot', '.svg'].map(ending => [ending, 'file']));

fs.rmSync(target, { recursive: true, force: true });
const result = await esbuild.build({
  entryPoints: ['src/app.css', 'src/app.mjs', 'src/forms.mjs', 'src/viewer.mjs'],
  bundle: true,
  minify: true,
  format: 'iife',
  target: 'es2022',
  outdir: '../static/dist',
  loader: fonts,
  assetNames: 'fonts/[name]-[hash]',
  metafile: true,
  logLevel: 'warning',
});
fs.copyFileSync('node_modules/htmx.org/dist/htmx.min.js', new URL('htmx.min.js', target));
for (const [file, output] of Object.entries(result.metafile.outputs)) console.log(output.bytes, file);
