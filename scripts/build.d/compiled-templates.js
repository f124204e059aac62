// Compiles the changelog's templates when tagship is built: doing it in every release costs more than a dozen gits.
import Handlebars from 'handlebars';
import { importSource } from './import-source.js';

/** For esbuild: stands in for Handlebars with its runtime, which takes compiled templates only and loads in a third of the time. */
export const compiledTemplates = {
  name: 'compiled-templates',
  setup(build) {
    build.onResolve({ filter: /^handlebars$/ }, ({ path }) => ({ path, namespace: 'compiled-templates' }));
    build.onLoad({ filter: /./, namespace: 'compiled-templates' }, async () => ({
      contents: moduleOf((await importSource('src/release/changelog-preset.ts')).changelogTemplates()),
      resolveDir: new URL('..', import.meta.url).pathname,
    }));
  },
};

function moduleOf(templates) {
  // As the writer would compile them; its partials take over the options of the main template.
  const compile = (template) => Handlebars.precompile(template, { noEscape: true });
  const entries = templates.map((template) => `[${JSON.stringify(template)}, ${compile(template)}]`);
  return `
    import runtime from 'handlebars/runtime.js';
    const specs = new Map([${entries.join(',\n')}]);
    const compile = (template) => runtime.template(specs.get(template));
    export default {
      compile,
      registerPartial: (name, template) => runtime.registerPartial(name, compile(template)),
    };`;
}
