// Bundles the dashboard, compresses it, and writes it as C++ for the program to hold:
//
//   node build.js --out FOLDER [--cpp FILE]
//
// FOLDER gets main.HASH.js and main.HASH.css with their .gz; FILE the same as web::assets()
// (src/web/page/assets.h). Fails when all of it together is over the budget.
import { build } from 'esbuild';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import zopfli from '@gfx/zopfli';
import { minify } from 'terser';

const BUDGET = 60000; // bytes, compressed: what a reader over a slow circuit waits for
const TYPES = { '.js': 'text/javascript; charset=utf-8', '.css': 'text/css; charset=utf-8' };

const option = (name) => {
  const at = process.argv.indexOf(name);
  return at < 0 ? null : process.argv[at + 1];
};
const here = dirname(fileURLToPath(import.meta.url));
const out = option('--out') ?? join(here, 'dist');

// Ways of drawing that no plot of ours has would be a tenth of uPlot: without the lines that hand
// them out, nothing refers to them, and they are left out.
const UNUSED = /^\t*\(?(?:paths\.(?:stepped|bars|spline|linear)|uPlot\.(?:join|tzDate|addGap|clipGaps|rangeLog|rangeAsinh))\s*= \w+\)?;$/gm;
const lean = {
  name: 'lean',
  setup: ({ onLoad }) =>
    onLoad({ filter: /uPlot\.esm\.js$/ }, ({ path }) => {
      const all = readFileSync(path, 'utf8');
      const rest = all.replace(UNUSED, '');
      if (all.match(UNUSED)?.length !== 10) throw new Error('uPlot ends otherwise than it did: see `UNUSED` in build.js');
      return { contents: rest };
    }),
};

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
const result = await build({
  absWorkingDir: here,
  entryPoints: ['src/main.js'],
  bundle: true,
  minify: true,
  format: 'esm',
  target: ['es2021', 'chrome100', 'firefox102', 'safari15'],
  outdir: out,
  write: false,
  legalComments: 'none',
  charset: 'utf8',
  plugins: [lean],
  logLevel: 'warning',
});

// esbuild gives names that say less about each other than terser's: 5 % after compression.
async function smaller(text) {
  const { code } = await minify(text, { module: true, ecma: 2020, compress: { passes: 3 }, format: { comments: false } });
  return Buffer.from(code);
}

const files = [];
for (const { path, text, contents } of result.outputFiles) {
  const type = extname(path);
  const plain = type === '.js' ? await smaller(text) : Buffer.from(contents);
  const hash = createHash('sha256').update(plain).digest('hex').slice(0, 12);
  const name = `${basename(path, type)}.${hash}${type}`;
  const gzip = Buffer.from(await zopfli.gzipAsync(plain, { numiterations: 15 }));
  writeFileSync(join(out, name), plain);
  writeFileSync(join(out, `${name}.gz`), gzip);
  files.push({ name, type: TYPES[type], plain, gzip });
}
files.sort((a, b) => (a.name < b.name ? -1 : 1));

const cpp = option('--cpp');
if (cpp) writeFileSync(cpp, asCpp(files));

const total = files.reduce((sum, file) => sum + file.gzip.length, 0);
for (const file of files) console.log(`${file.name}: ${file.plain.length} bytes, ${file.gzip.length} compressed`);
console.log(`all of it: ${total} bytes compressed, of ${BUDGET}`);
if (total > BUDGET) {
  console.error(`dashboard: ${total} bytes compressed are over the budget of ${BUDGET}`);
  process.exit(1);
}

// String literals: they compile in no time, where lists of numbers take seconds.
function asCpp(all) {
  const literal = (bytes) => {
    const lines = [];
    for (let at = 0; at < bytes.length; at += 64)
      lines.push(`    "${[...bytes.subarray(at, at + 64)].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('')}"`);
    return lines.join('\n');
  };
  const bytes = (name, content) => `constexpr char ${name}[] =\n${literal(content)};\n`;
  return `// Made by dashboard/build.js.
#include "web/page/assets.h"

namespace perfd::web {
namespace {

${all.map((file, i) => bytes(`kPlain${i}`, file.plain) + bytes(`kGzip${i}`, file.gzip)).join('\n')}
constexpr Asset kAssets[] = {
${all.map((file, i) => `    {"${file.name}", "${file.type}", {kPlain${i}, sizeof kPlain${i} - 1}, {kGzip${i}, sizeof kGzip${i} - 1}},`).join('\n')}
};

}  // namespace

std::span<Asset const> assets() { return kAssets; }

}  // namespace perfd::web
`;
}
