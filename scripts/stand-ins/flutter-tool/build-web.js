// `flutter build web`: what is in web/ and a placeholder for the compiled program, in build/web.
import { cpSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { syntaxIssues } from './analyze.js';
import { misbehave } from './behaviour.js';
import { parseOptions, ToolExit } from './command-line.js';
import { openProject } from './project.js';
import { getPackages } from './pub-get.js';

const OPTIONS = { release: 'flag', profile: 'flag', debug: 'flag', wasm: 'flag', pub: 'flag', 'base-href': 'value' };

export async function buildWeb(args, behaviour) {
  const { options } = parseOptions(args, OPTIONS);
  const { name, version } = openProject();
  if (options.pub !== false) await getPackages(behaviour, (text) => process.stdout.write(text));
  if (!existsSync('web')) throw new ToolExit('This project is not configured for the web.');
  process.stdout.write('Compiling lib/main.dart for the Web...\n');
  await misbehave(behaviour.told.build, behaviour.delay);
  const [issue] = syntaxIssues('lib');
  if (issue !== undefined) {
    throw new ToolExit(
      `${issue.path}:${issue.line}:${issue.column}: Error: ${issue.message}\nError: Failed to compile application for the Web.`,
    );
  }
  if (behaviour.told.build === 'fail') throw new ToolExit('Error: Failed to compile application for the Web.');
  mkdirSync('build/web', { recursive: true });
  cpSync('web', 'build/web', { recursive: true });
  writeFileSync('build/web/main.dart.js', `// ${name} ${version}, "compiled" by the stand-in for the Flutter tool\n`);
  writeFileSync('build/web/version.json', `${JSON.stringify({ app_name: name, version })}\n`);
  process.stdout.write('✓ Built build/web\n');
  return 0;
}
