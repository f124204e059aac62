import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/config/parse.ts';
import type { PackageFacts, ReleaseFacts } from '../../src/release/facts.ts';
import { planRelease } from '../../src/release/plan.ts';
import type { ReleaseRequest } from '../../src/release/plan-types.ts';
import { codes, DEVELOP, facts, MAIN, NOW, ref } from '../support/release-facts.ts';

const { release: config } = parseConfig('release: { packages: independent }\n');
const REQUEST: ReleaseRequest = {
  kind: 'release',
  target: 'auto',
  packages: [],
  pre: undefined,
  push: true,
  checks: true,
  mergeBack: 'stop',
  pullRequest: false,
};

const PUBSPECS = {
  app: 'name: app\nversion: 2.0.0+7\ndependencies: {ui: ^1.2.0, models: {path: ../models}}\n',
  ui: 'name: ui\nversion: 1.2.0\ndependencies: {core: ^1.1.0}\ndev_dependencies: {lints: ">=1.0.0 <3.0.0"}\n',
  core: 'name: core\nversion: 1.1.0\ndev_dependencies: {lints: ">=1.0.0 <3.0.0"}\n',
  models: 'name: models\nversion: 0.4.0\n',
  lints: 'name: lints\nversion: 2.0.0\n',
  tool: 'name: tool\ndependencies: {core: ^1.1.0}\n',
};
type Name = keyof typeof PUBSPECS;
const pathOf = (name: string) => `packages/${name}/pubspec.yaml`;
const file = (name: string, text: string) => ({ path: pathOf(name), bytes: Buffer.from(text) });

/** A repository of these packages, in which each was released last with the version it has. */
function repository(
  changed: Partial<Record<Name, string>>,
  changes: Partial<ReleaseFacts> = {},
  pubspecs: Readonly<Record<string, string>> = PUBSPECS,
): ReleaseFacts {
  const byPackage = Object.entries(pubspecs).map(([name, text]): [string, PackageFacts] => {
    const message = changed[name as Name];
    const version = /version: ([\d.]+)/.exec(text)?.[1] ?? '';
    return [
      pathOf(name),
      {
        commits: message === undefined ? [] : [{ hash: 'c'.repeat(40), message }],
        mended: false,
        lastRelease: { tag: `${name}-v${version}`, version },
        changelog: { path: `packages/${name}/CHANGELOG.md`, bytes: undefined },
      },
    ];
  });
  const files = Object.entries(pubspecs).map(([name, text]) => file(name, text));
  const whole = { changelog: undefined, byPackage: new Map(byPackage), pubspecs: files, pubspecsElsewhere: [] };
  return facts({ ...whole, ...changes });
}

const plan = (found: ReleaseFacts, request: Partial<ReleaseRequest> = {}, with_ = config) =>
  planRelease(found, { ...REQUEST, ...request }, with_, NOW);

async function tags(found: ReleaseFacts, request: Partial<ReleaseRequest> = {}) {
  return (await plan(found, request)).details.tags.map(({ name }) => name);
}

describe('a release of independent packages', () => {
  it.each<[string, Partial<Record<Name, string>>, Partial<ReleaseRequest>, readonly string[]]>([
    [
      'is of what has changed, each bumped by its own commits',
      { models: 'feat!: new', lints: 'fix: it' },
      {},
      ['lints-v2.0.1', 'models-v0.5.0', 'app-v2.0.1'],
    ],
    [
      'takes along what needs it, and what needs that',
      { core: 'feat: more' },
      {},
      ['core-v1.2.0', 'ui-v1.2.1', 'app-v2.0.1'],
    ],
    [
      'takes along what is built from it without a constraint',
      { models: 'fix: it' },
      {},
      ['models-v0.4.1', 'app-v2.0.1'],
    ],
    ['leaves alone what only tests with it and has room for it', { lints: 'feat: more' }, {}, ['lints-v2.1.0']],
    [
      'takes along what has no room for it',
      { lints: 'feat!: other' },
      {},
      ['lints-v3.0.0', 'ui-v1.2.1', 'core-v1.1.1', 'app-v2.0.1'],
    ],
    [
      'bumps what is asked for, and the rest by a patch',
      { core: 'fix: it' },
      { target: 'minor' },
      ['core-v1.2.0', 'ui-v1.2.1', 'app-v2.0.1'],
    ],
    [
      'is of what is named, changed or not',
      { core: 'fix: it', lints: 'fix: it' },
      { packages: ['lints'] },
      ['lints-v2.0.1'],
    ],
    [
      'bumps what comes along by its own commits',
      { core: 'fix: it', app: 'feat: shiny' },
      { packages: ['core'] },
      ['core-v1.1.1', 'ui-v1.2.1', 'app-v2.1.0'],
    ],
    [
      'may name the version of one',
      { core: 'fix: it' },
      { target: '1.5.0' },
      ['core-v1.5.0', 'ui-v1.2.1', 'app-v2.0.1'],
    ],
    [
      'is a pre-release of all',
      { core: 'feat: more' },
      { target: 'minor', pre: 'beta' },
      ['core-v1.2.0-beta.1', 'ui-v1.2.1-beta.1', 'app-v2.0.1-beta.1'],
    ],
    [
      'is a pre-release of all where its version is one',
      { core: 'feat: more' },
      { target: '1.2.0-rc.3' },
      ['core-v1.2.0-rc.3', 'ui-v1.2.1-rc.1', 'app-v2.0.1-rc.1'],
    ],
    [
      'is a hotfix by patches alone',
      { core: 'feat: more', ui: 'feat: more' },
      { kind: 'hotfix', target: 'patch' },
      ['ui-v1.2.1', 'core-v1.1.1', 'app-v2.0.1'],
    ],
  ])('%s', async (_rule, changed, request, expected) => {
    const hotfix = request.kind === 'hotfix';
    const line = {
      line: 'refs/heads/hotfix/x',
      refs: new Map([...facts().refs, ref('refs/heads/hotfix/x', '3'.repeat(40))]),
    };
    expect(await tags(repository(changed, hotfix ? line : {}), request)).toEqual(expected);
  });

  it('says of each why it comes along, and what has changed and stays behind', async () => {
    const made = await plan(repository({ core: 'fix: it', lints: 'fix: it' }), { packages: ['core'] });
    expect(made.steps[0]?.details).toEqual(
      expect.arrayContaining(['ui 1.2.1, because it needs core', 'app 2.0.1+8, because it needs ui']),
    );
    expect(made.warnings).toContain('changed too, and not released: lints');
  });

  it('edits constraints also where there is no version, and builds grow one by one', async () => {
    const { edits, packages } = (await plan(repository({ core: 'feat: more' }))).details;
    const text = (path: string) =>
      Buffer.from(edits.find((one) => one.path === path)?.contentBase64 ?? '', 'base64').toString();
    expect(text(pathOf('tool'))).toBe('name: tool\ndependencies: {core: ^1.2.0}\n');
    expect(text(pathOf('app'))).toContain('version: 2.0.1+8\ndependencies: {ui: ^1.2.1,');
    expect(packages.map(({ pubspecVersion }) => pubspecVersion)).toEqual(['1.2.0', '1.2.1', '2.0.1+8']);
  });

  it('writes beside each pubspec what is new, and what it is now built from', async () => {
    const { tags, edits } = (await plan(repository({ core: 'feat: more' }))).details;
    expect(tags.map(({ notes }) => notes.replace(/^.*\n/, '').trim())).toEqual([
      expect.stringContaining('### Features\n\n* more'),
      '### Dependencies\n\n* core 1.2.0',
      '### Dependencies\n\n* ui 1.2.1',
    ]);
    expect(edits.map(({ path }) => path).filter((path) => path.endsWith('.md'))).toEqual(
      ['core', 'ui', 'app'].map((name) => `packages/${name}/CHANGELOG.md`),
    );
  });

  it('keeps every section of a changelog that packages share', async () => {
    const found = repository({ core: 'fix: it', lints: 'fix: it' });
    const shared = { path: 'CHANGELOG.md', bytes: undefined };
    const byPackage = new Map([...(found.byPackage ?? [])].map(([path, one]) => [path, { ...one, changelog: shared }]));
    const { edits } = (await plan({ ...found, byPackage })).details;
    const [one, ...more] = edits.filter(({ path }) => path === 'CHANGELOG.md');
    expect(more).toEqual([]);
    const text = Buffer.from(one?.contentBase64 ?? '', 'base64').toString();
    for (const version of ['1.1.1', '1.2.1']) expect(text.split(`## [${version}]`)).toHaveLength(2);
    // Of lints and of app.
    expect(text.split('## [2.0.1]')).toHaveLength(3);
  });

  it('is committed, tagged and named by its packages', async () => {
    const { details, title } = await plan(repository({ core: 'feat: more' }));
    expect(details.messages.commit).toBe('chore(release): core 1.2.0, ui 1.2.1, app 2.0.1');
    expect(details.tags[1]?.message).toBe('Release ui version 1.2.1');
    expect(title).toBe('Release core-v1.2.0, ui-v1.2.1, app-v2.0.1');
    expect(details.messages.toMain).toBe("Merge branch 'release/core-v1.2.0'");
  });

  it('gives a version file the version of the package whose folder it is in', async () => {
    const { release } = parseConfig(
      'release: { packages: independent, files: [packages/core/package.json, packages/lints/package.json] }\n',
    );
    const versionFiles = ['core', 'lints'].map((name) => ({
      path: `packages/${name}/package.json`,
      bytes: Buffer.from('{"version": "0.0.1"}'),
    }));
    const { edits } = (await plan(repository({ core: 'feat: more' }, { versionFiles }), {}, release)).details;
    const json = edits.filter(({ path }) => path.endsWith('.json'));
    expect(json.map(({ path, contentBase64 }) => [path, Buffer.from(contentBase64, 'base64').toString()])).toEqual([
      ['packages/core/package.json', '{"version": "1.2.0"}'],
    ]);
  });
});

describe('a release branch of independent packages', () => {
  const line = 'refs/heads/release/core-v1.2.0';
  const started = {
    ...PUBSPECS,
    core: PUBSPECS.core.replace('1.1.0', '1.2.0'),
    ui: PUBSPECS.ui.replace('1.2.0', '1.2.1'),
  };
  const open = (changed: Partial<Record<Name, string>> = {}) =>
    repository(
      changed,
      {
        line,
        refs: new Map([ref('refs/heads/main', MAIN), ref('refs/heads/develop', DEVELOP), ref(line, '3'.repeat(40))]),
        pubspecsElsewhere: Object.entries(PUBSPECS).map(([name, text]) => ({
          ...file(name, text),
          branch: 'refs/heads/develop',
        })),
        byPackage: repository(changed).byPackage ?? new Map(),
      },
      started,
    );

  it('is finished with the versions it was started with, and what needs them', async () => {
    expect(await tags(open({ lints: 'feat: of somebody else' }), { target: '1.2.0' })).toEqual([
      'core-v1.2.0',
      'ui-v1.2.1',
      'app-v2.0.1',
    ]);
  });

  it('takes along what was mended there', async () => {
    const found = open({ lints: 'fix: on the branch' });
    const lints = found.byPackage?.get(pathOf('lints'));
    if (lints === undefined) throw new Error('no lints');
    const byPackage = new Map([...(found.byPackage ?? []), [pathOf('lints'), { ...lints, mended: true }]]);
    expect(await tags({ ...found, byPackage }, { target: '1.2.0' })).toEqual([
      'core-v1.2.0',
      'ui-v1.2.1',
      'lints-v2.0.1',
      'app-v2.0.1',
    ]);
  });

  it('stays a pre-release with all that comes along', async () => {
    const found = open({ lints: 'fix: on the branch' });
    const beta = (text: string) => text.replace(/version: (1\.2\.[01])/, 'version: $1-beta.1');
    const pubspecs = Object.entries(started).map(([name, text]) => file(name, name === 'app' ? text : beta(text)));
    const lints = found.byPackage?.get(pathOf('lints'));
    if (lints === undefined) throw new Error('no lints');
    const byPackage = new Map([...(found.byPackage ?? []), [pathOf('lints'), { ...lints, mended: true }]]);
    expect(await tags({ ...found, pubspecs, byPackage }, { target: '1.2.0-beta.1' })).toEqual([
      'core-v1.2.0-beta.1',
      'ui-v1.2.1-beta.1',
      'lints-v2.0.1-beta.1',
      'app-v2.0.1-beta.1',
    ]);
  });

  it('takes no other packages', async () => {
    expect(await codes(plan(open(), { target: '1.2.0', packages: ['lints'] }))).toEqual(['packages-given']);
  });
});

describe('a release of independent packages is refused', () => {
  const changed = { core: 'fix: it', lints: 'fix: it' } as const;
  it.each<[string, ReleaseFacts, Partial<ReleaseRequest>, readonly string[]]>([
    ['when nothing has changed', repository({}), {}, ['release-empty']],
    [
      'of a package that has not changed',
      repository(changed),
      { packages: ['models'], target: 'minor' },
      ['release-empty'],
    ],
    ['of one that does not exist', repository(changed), { packages: ['core', 'corex'] }, ['unknown-package']],
    ['by one version for several', repository(changed), { target: '3.0.0' }, ['version-of-several']],
    [
      'when one of its tags exists',
      repository(changed, { refs: new Map([...facts().refs, ref('refs/tags/ui-v1.2.1', MAIN)]) }),
      {},
      ['tag-exists'],
    ],
    [
      'when the remote has one of its tags',
      repository(changed, { remote: { ...facts().remote, refs: new Map([['refs/tags/app-v2.0.1', MAIN]]) } }),
      {},
      ['tag-exists-remote'],
    ],
    [
      'when two packages have one name',
      repository(changed, {}, { ...PUBSPECS, copy: PUBSPECS.core }),
      {},
      ['package-twice'],
    ],
    [
      'when a package has no name',
      repository(changed, {}, { ...PUBSPECS, copy: 'version: 1.0.0\n' }),
      {},
      ['package-name'],
    ],
    [
      'when a name could be mistaken for something else',
      repository(changed, {}, { ...PUBSPECS, copy: 'name: ../x\nversion: 1.0.0\n' }),
      {},
      ['package-name'],
    ],
  ])('%s', async (_rule, found, request, expected) => expect(await codes(plan(found, request))).toEqual(expected));

  it('when they are not independent and one is named', async () => {
    const { release } = parseConfig('release: { packages: together }\n');
    expect(await codes(plan(repository(changed), { packages: ['core'] }, release))).toEqual(['packages-shared']);
  });

  it('when a version file is in no package', async () => {
    const { release } = parseConfig('release: { packages: independent, files: [package.json] }\n');
    expect(await codes(plan(repository(changed), {}, release))).toEqual(['version-file']);
  });
});
