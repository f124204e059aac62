// Leaves what a file imports only when it is called out of its bundle: each becomes a bundle of its own beside it.
import { basename, join } from 'node:path';

/** @param {string[]} found receives the files, from the root of the project */
export function laterImports(found) {
  return {
    name: 'later-imports',
    setup({ onResolve }) {
      onResolve({ filter: /^\.{1,2}\// }, ({ kind, path, resolveDir }) => {
        if (kind !== 'dynamic-import') return undefined;
        found.push(join(resolveDir, path));
        return { path: `./${basename(path, '.ts')}.mjs`, external: true };
      });
    },
  };
}
