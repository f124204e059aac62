import { expect, it } from 'vitest';
import { isDropping } from '../../../src/hooks/verified/dropping.ts';

it.each([
  '.DS_Store',
  'lib/.idea/',
  'main.dart~',
  'web/node_modules/',
  'Thumbs.db',
  'assets/desktop.ini',
  'lib/#main.dart#',
  'tags',
  'TAGS',
  'app.iml',
  'lib/main.swp',
  'node_modules/x/.env',
  '.env/',
])('%s is left behind everywhere', (path) => {
  expect(isDropping(path)).toBe(true);
});

it.each([
  '.gitignore',
  'lib/gen/',
  'lib/a.dart',
  '.env',
  'assets/.env.production',
  'lib/tags/',
  'lib/tags/a.dart',
  '#a',
])('%s may be a part of an app', (path) => {
  expect(isDropping(path)).toBe(false);
});
