// The Flutter project in the working folder: its name and its Dart files.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ToolExit } from './command-line.js';

export function openProject() {
  if (!existsSync('pubspec.yaml')) {
    throw new ToolExit(
      'Error: No pubspec.yaml file found.\nThis command should be run from the root of your Flutter project.',
    );
  }
  const pubspec = readFileSync('pubspec.yaml', 'utf8');
  const field = (name) => new RegExp(`^${name}:\\s*["']?([^\\s"'#]+)`, 'm').exec(pubspec)?.[1];
  const name = field('name');
  if (name === undefined) throw new ToolExit('Error detected in pubspec.yaml:\nMissing the required "name" field.');
  return { name, version: field('version') };
}

/** Dart files below `folder`, sorted; nothing when it is not there. */
export function dartFiles(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .sort((one, other) => (one.name < other.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return dartFiles(path);
      return entry.name.endsWith('.dart') ? [path] : [];
    });
}
