// Works the configuration's defaults out when tagship is built: a start without tagship.yaml loads no schema.
import { deepStrictEqual } from 'node:assert';
import { importSource } from './import-source.js';

const FILE = 'src/config/defaults.ts';

/** For esbuild. */
export const plainDefaults = {
  name: 'plain-defaults',
  setup({ onLoad }) {
    onLoad({ filter: /\/src\/config\/defaults\.ts$/ }, async () => {
      const { defaults } = await importSource(FILE);
      const contents = JSON.stringify(defaults);
      deepStrictEqual(JSON.parse(contents), defaults);
      return { contents: `export const defaults = ${contents};` };
    });
  },
};
