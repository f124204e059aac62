import { expect, it } from 'vitest';
import { isHusky } from '../../../src/hooks/install/look.ts';

it.each([
  ['.husky/_', '', true],
  ['.husky\\_', '', true],
  ['.husky\\_\\', '', true],
  ['app\\.husky\\_', 'app', true],
  ['.husky', '', false],
  ['app/.husky/_', '', false],
  ['C:\\hooks', '', false],
])('core.hooksPath %j for a package.json in %j is husky: %j', (value, folder, expected) =>
  expect(isHusky({ hooksPath: { value, origin: '.git/config' }, folder })).toBe(expected),
);
