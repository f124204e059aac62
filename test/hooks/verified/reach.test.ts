import { expect, it } from 'vitest';
import { reachesFar } from '../../../src/hooks/verified/reach.ts';

const APP = { folder: 'app', dependencies: ['packages/core'] };

/** Whether {@link APP} reaches far in a tree with these files; a content of null is a symbolic link, undefined a submodule. */
async function isFar(files: Readonly<Record<string, string | null | undefined>>, app = APP): Promise<boolean> {
  const tree = Object.entries(files).map(([path, text]) => {
    if (text === undefined) return { path, type: 'commit', id: path };
    return { path, type: 'blob', id: path, ...(text === null ? { isLink: true } : {}) };
  });
  const readObjects = async (ids: readonly string[]) => ids.map((id) => Buffer.from(files[id] ?? ''));
  return reachesFar({ readObjects }, tree, app);
}

it.each([
  ['nothing special', { 'app/pubspec.yaml': '', 'app/analysis_options.yaml': 'linter: {}\n', 'other/x': null }],
  ['options of a package', { 'app/analysis_options.yaml': 'include: package:lints/recommended.yaml\n' }],
  [
    'options beside others, above, and of what it is built from',
    {
      'app/analysis_options.yaml': 'include: [all.yaml, ../base.yaml]\n',
      'app/all.yaml': 'include: ../packages/core/lib/strict.yaml\n',
      'base.yaml': '',
      'packages/core/lib/strict.yaml': 'include: ../../analysis_options.yaml\n',
      'packages/analysis_options.yaml': '',
    },
  ],
  [
    'options of the tests beside others',
    { 'app/dart_test.yaml': 'include: base.yaml\ntags: { slow: }\n', 'app/base.yaml': '' },
  ],
  ['options that include each other', { 'app/analysis_options.yaml': 'include: analysis_options.yaml\n' }],
  ['options that are no YAML', { 'app/analysis_options.yaml': 'include: [\n' }],
  ['a submodule that it is built from as a whole', { 'packages/core': undefined }],
  ['a submodule of its own', { 'app/third': undefined }],
])('a package does not lead its tools elsewhere with %s', async (_what, files) =>
  expect(await isFar(files)).toBe(false),
);

it.each([
  ['options that include others from elsewhere', { 'app/analysis_options.yaml': 'include: ../tooling/strict.yaml\n' }],
  [
    'options that include such',
    { 'app/analysis_options.yaml': 'include: all.yaml\n', 'app/all.yaml': 'include: ../tooling/strict.yaml\n' },
  ],
  ['several options', { 'app/lib/analysis_options.yaml': 'include: [../a.yaml, ../../tooling/b.yaml]\n' }],
  ['options above that include others', { 'analysis_options.yaml': 'include: tooling/strict.yaml\n' }],
  ['options outside the repository', { 'app/analysis_options.yaml': 'include: ../../strict.yaml\n' }],
  ['options of the tests that include others', { 'app/dart_test.yaml': 'include: ../tooling/dart_test_base.yaml\n' }],
  ['a link', { 'app/lib/x.dart': null }],
  ['a link in what it is built from', { 'packages/core/x.dart': null }],
  ['a link in the place of options above', { 'analysis_options.yaml': null }],
  ['a link on the way to what it is built from', { packages: null }],
  ['a part of a submodule', { packages: undefined }],
])('a package leads its tools elsewhere with %s', async (_what, files) => expect(await isFar(files)).toBe(true));

it('a package at the root sees everything anyway', async () =>
  expect(await isFar({ 'x.dart': null }, { folder: '', dependencies: [] })).toBe(false));
