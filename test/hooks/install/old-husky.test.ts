import { expect, it } from 'vitest';
import { oldHusky } from '../../../src/hooks/install/old-husky.ts';

const found = (prepare: string, husky?: string, folder = '') => {
  const devDependencies = { tagship: '^0.1.0', ...(husky === undefined ? {} : { husky }) };
  return oldHusky({ folder, manifest: JSON.stringify({ scripts: { prepare }, devDependencies }) });
};

it.each([
  ['husky install', '^8.0.3', 'npm pkg set scripts.prepare=husky && npm install --save-dev husky@9'],
  ['npx husky install .husky', '~7.0.0', 'npm pkg set scripts.prepare=husky && npm install --save-dev husky@9'],
  ['husky install', undefined, 'npm pkg set scripts.prepare=husky'],
  ['make && husky install', '8', 'npm pkg set "scripts.prepare=make && husky" && npm install --save-dev husky@9'],
  ['a "$B" && husky install', undefined, `npm pkg set 'scripts.prepare=a "$B" && husky'`],
])('prepare %j with husky %j is mended by %s', (prepare, version, fix) => {
  expect(found(prepare, version)?.fix).toBe(fix);
});

it('what stands below the root is mended there', () => {
  const fix = found('cd .. && husky install app/.husky', '^8.0.0', 'app')?.fix;
  expect(fix).toBe(
    'npm pkg set "scripts.prepare=cd .. && husky app/.husky" && npm install --save-dev husky@9 (in app)',
  );
});

it.each([
  ['husky', '^8.0.3'],
  ['husky install', '^9.0.1'],
  ['make', undefined],
])('prepare %j with husky %j is left alone', (prepare, version) => {
  expect(found(prepare, version)).toBeUndefined();
});
