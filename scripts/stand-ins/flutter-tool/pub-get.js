// `flutter pub get`, which the real tool also does by itself before most commands. Fetches nothing.
import { mkdirSync, writeFileSync } from 'node:fs';
import { misbehave } from './behaviour.js';
import { parseOptions, ToolExit } from './command-line.js';
import { openProject } from './project.js';

export async function pubGet(args, behaviour) {
  parseOptions(args, { offline: 'flag', 'enforce-lockfile': 'flag' });
  await getPackages(behaviour, (text) => process.stdout.write(text));
  return 0;
}

export async function getPackages({ told }, print) {
  const { name } = openProject();
  print('Resolving dependencies...\n');
  await misbehave(told.pub, 0);
  if (told.pub === 'fail') {
    throw new ToolExit(`Because ${name} depends on what the stand-in was told is missing, version solving failed.`, 1);
  }
  mkdirSync('.dart_tool', { recursive: true });
  const packages = [{ name, rootUri: '../', packageUri: 'lib/' }];
  writeFileSync('.dart_tool/package_config.json', `${JSON.stringify({ configVersion: 2, packages }, null, 2)}\n`);
  print('Got dependencies!\n');
}
