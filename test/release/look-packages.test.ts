import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openGit } from '../../src/io/git.ts';
import { localRefs } from '../../src/release/look.ts';
import { lookAtPackages } from '../../src/release/look-packages.ts';
import { runProgram } from '../support/tagship.ts';

/** A commit, its parents and the files it changes, as git fast-import takes them. */
interface Made {
  readonly mark: number;
  readonly message: string;
  readonly parents?: readonly number[];
  readonly files?: readonly string[];
}

/**
 * core is released, then app for the first time, then a pre-release of core and ui; a hotfix of core is on main alone; ui
 * has no release, lib and lib/inner are nested, and the last commits have hostile names.
 */
const HISTORY: readonly Made[] = [
  { mark: 1, message: 'feat: begin', files: ['app/a', 'core/a', 'ui/a', 'lib/a', 'lib/inner/a', 'README.md'] },
  { mark: 2, message: 'chore(release): core 1.0.0', parents: [1], files: ['core/pubspec.yaml'] },
  { mark: 3, message: 'fix: app and core', parents: [2], files: ['app/b', 'core/b'] },
  { mark: 4, message: 'chore(release): app 1.0.0', parents: [3], files: ['app/pubspec.yaml'] },
  { mark: 5, message: 'docs: readme', parents: [4], files: ['README.md'] },
  { mark: 6, message: 'feat: on a branch', parents: [3], files: ['app/c'] },
  { mark: 7, message: 'Merge branch', parents: [5, 6], files: [] },
  {
    mark: 8,
    message: 'chore(release): core 1.1.0-beta.1',
    parents: [7],
    files: ['core/pubspec.yaml', 'app/pubspec.yaml'],
  },
  { mark: 9, message: 'feat: inner', parents: [8], files: ['lib/inner/b'] },
  {
    mark: 10,
    message: 'fix: names',
    parents: [9],
    files: ['app/>1111111111111111111111111111111111111111 x\n\ny', 'corex/a'],
  },
  { mark: 11, message: 'fix: on main', parents: [2], files: ['core/c'] },
];
const TAGS = { 'core-v1.0.0': 2, 'app-v1.0.0': 4, 'core-v1.1.0-beta.1': 8, 'core-v1.0.1': 11, 'app-v9.0.0x': 10 };
const BRANCHES = { develop: 10, main: 2, hotfix: 11 };
const PACKAGES = ['app', 'core', 'ui', 'lib', 'lib/inner'].map((folder) => {
  return { path: `${folder}/pubspec.yaml`, name: folder.replace('/', '_') };
});

const folder = mkdtempSync(join(tmpdir(), 'tagship-test-'));
const git = openGit(folder, process.env);

beforeAll(async () => {
  const who = 'Tester <tester@example.com>';
  const data = (text: string) => `data ${Buffer.byteLength(text)}\n${text}\n`;
  const commits = HISTORY.map(({ mark, message, parents = [], files = [] }) => {
    const [first, ...merged] = parents;
    return [
      `commit refs/heads/work\nmark :${mark}\ncommitter ${who} ${1_700_000_000 + mark} +0000\n${data(message)}`,
      first === undefined ? '' : `from :${first}\n`,
      ...merged.map((parent) => `merge :${parent}\n`),
      ...files.map((path) => `M 100644 inline ${JSON.stringify(path)}\n${data(`${mark}`)}`),
    ].join('');
  });
  const refs = [
    ...Object.entries(BRANCHES).map(([name, mark]) => `reset refs/heads/${name}\nfrom :${mark}\n\n`),
    ...Object.entries(TAGS).map(
      ([name, mark]) => `tag ${name}\nfrom :${mark}\ntagger ${who} 1700000100 +0000\n${data(name)}`,
    ),
  ];
  await runProgram('git', ['init', '-q', folder], { cwd: folder });
  const made = await runProgram('git', ['fast-import', '--quiet', '--force'], {
    cwd: folder,
    input: [...commits, ...refs].join(''),
  });
  if (made.exitCode !== 0) throw new Error(made.stderr);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function found(line: string, preReleasesCount = false) {
  const refs = await localRefs(git);
  const request = {
    line: `refs/heads/${line}`,
    main: 'refs/heads/main',
    tagFormat: '{name}-v{version}',
    preReleasesCount,
    packages: PACKAGES,
  };
  const { histories, mainInLine } = await lookAtPackages(git, refs, request);
  const told = [...histories].map(([path, { commits, lastRelease }]): [string, readonly string[]] => {
    return [
      path.replace('/pubspec.yaml', ''),
      [lastRelease?.tag ?? 'never', ...commits.map(({ message }) => message.trim())],
    ];
  });
  return { ...Object.fromEntries(told), mainInLine };
}

describe('the histories of independent packages', () => {
  it('begin each at its own last release in the line, and hold what changed its own files', async () => {
    expect(await found('develop')).toEqual({
      app: ['app-v1.0.0', 'fix: names', 'feat: on a branch'],
      core: ['core-v1.0.0', 'fix: app and core'],
      ui: ['never', 'feat: begin'],
      lib: ['never', 'feat: begin'],
      'lib/inner': ['never', 'feat: inner', 'feat: begin'],
      mainInLine: true,
    });
  });

  it('begin for a pre-release at the one before', async () => {
    expect(await found('develop', true)).toMatchObject({
      core: ['core-v1.1.0-beta.1'],
      app: ['app-v1.0.0', 'fix: names', 'feat: on a branch'],
    });
  });

  it('are those of the line that is released', async () => {
    expect(await found('hotfix')).toMatchObject({ core: ['core-v1.0.1'], app: ['never', 'feat: begin'] });
  });

  it('are none where there is no such line', async () => {
    expect(await found('nowhere')).toEqual({ mainInLine: false });
  });
});
