import { build } from 'esbuild';

/** Imports a TypeScript file of src, given from the root of the project. */
export async function importSource(path) {
  const bundle = await build({
    absWorkingDir: new URL('../..', import.meta.url).pathname,
    entryPoints: [path],
    bundle: true,
    format: 'esm',
    platform: 'node',
    write: false,
  });
  return import(`data:text/javascript;base64,${Buffer.from(bundle.outputFiles[0].contents).toString('base64')}`);
}
