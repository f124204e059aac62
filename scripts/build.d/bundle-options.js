/** For esbuild: how it makes of src what node runs. */
export const bundleOptions = {
  absWorkingDir: new URL('../..', import.meta.url).pathname,
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node20.19',
  loader: { '.sh': 'text' },
  // ssh2 brings optional native parts that cannot be bundled.
  external: ['ssh2'],
  legalComments: 'linked',
  // A start reads all of it; names stay, so that what a user sends of a failure can be read.
  minifyWhitespace: true,
  minifySyntax: true,
  define: { 'import.meta.url': '$url', 'import.meta.dirname': '__dirname' },
  banner: { js: "const $url = require('node:url').pathToFileURL(__filename).href;" },
  logLevel: 'warning',
};

/**
 * The same in a function, as node itself puts around CommonJS: so a start can load it with what an earlier one has compiled,
 * and node begins to run that sooner than ESM. All that is imported when it is called stays in the one bundle and runs then.
 */
export const functionOptions = {
  ...bundleOptions,
  banner: { js: `(function (exports, require, module, __filename, __dirname) {${bundleOptions.banner.js}` },
  footer: { js: '})' },
};
