import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/config/parse.ts';
import type { ReleaseFacts } from '../../src/release/facts.ts';
import { nextVersion } from '../../src/release/next-version.ts';
import { planRelease } from '../../src/release/plan.ts';
import { codes, DEVELOP, facts, MAIN, NOW, ref } from '../support/release-facts.ts';

const { release: config } = parseConfig(undefined);

const plan = (target = 'minor', changes: Partial<ReleaseFacts> = {}, push = true) =>
  planRelease(
    facts(changes),
    {
      kind: 'release',
      target,
      packages: [],
      pre: undefined,
      push,
      checks: true,
      mergeBack: 'stop',
      pullRequest: false,
    },
    config,
    NOW,
  );

describe('a release plan', () => {
  it('is the same whenever it is made from the same facts', async () => {
    expect(await plan()).toEqual(await plan());
  });

  it('survives being written down', async () => {
    const made = await plan();
    expect(JSON.parse(JSON.stringify(made))).toEqual(made);
  });

  it('grows the build number past the one on main', async () => {
    expect((await plan()).details.packages[0].pubspecVersion).toBe('1.1.0+9');
  });

  it('carries the time of the plan in the zone of the user', async () => {
    expect((await plan()).details.identity).toEqual({ who: 'Tester <tester@example.com>', when: '1767323045 +0100' });
  });

  it('has no push without a remote wanted', async () => {
    const steps = (await plan('minor', {}, false)).steps.map(({ id }) => id);
    expect(steps).toEqual(['build', 'gates', 'refs']);
  });

  it('names what stayed here of lower releases, unless it went out or stays here itself', async () => {
    const here = ['v0.9.0', 'v1.0.0', 'v1.2.0', 'mine'].map((tag) => ref(`refs/tags/${tag}`, MAIN));
    const refs = new Map([ref('refs/heads/main', MAIN), ref('refs/heads/develop', DEVELOP), ...here]);
    const remote = { ...facts().remote, refs: new Map([['refs/tags/v0.9.0', MAIN]]) };
    const told = 'this one goes out without v1.0.0: git push origin refs/tags/v1.0.0';
    expect((await plan('1.1.0', { refs, remote })).warnings).toContain(told);
    expect((await plan('1.1.0', { refs, remote }, false)).warnings).not.toContain(told);
  });

  it('brings along the worktrees whose branch moves', async () => {
    const made = await plan('minor', {
      refs: new Map([ref('refs/heads/main', MAIN), ref('refs/heads/develop', DEVELOP, '/app')]),
    });
    expect(made.details.worktrees).toEqual([{ path: '/app', ref: 'refs/heads/develop' }]);
    expect(made.steps.map(({ id }) => id)).toContain('worktrees');
  });

  it.each([
    ['auto', '1.1.0'],
    ['major', '2.0.0'],
    ['v3.0.0', '3.0.0'],
    ['1.0.1-beta.1', '1.0.1-beta.1'],
  ])('takes %s for %s', async (target, version) =>
    expect((await plan(target)).details.packages[0].version).toBe(version),
  );

  it('refuses an explicit version with a build: that number is counted, not chosen', async () => {
    expect(await codes(plan('2.0.0+7'))).toEqual(['version-invalid']);
  });

  it('refuses what is not higher than the pubspec or the last release', async () => {
    expect(await codes(plan('0.9.0'))).toEqual(['version-not-higher']);
    expect(await codes(plan('minor', { lastRelease: { tag: 'v1.5.0', version: '1.5.0' } }))).toEqual([
      'version-not-higher',
    ]);
  });

  it('names all that is wrong with the repository at once', async () => {
    const changes = {
      shallow: true,
      identity: undefined,
      remote: {
        ...facts().remote,
        ahead: new Map([
          ['refs/heads/main', 'unfetched'],
          ['refs/heads/develop', 'diverged'],
        ] as const),
      },
    };
    expect(await codes(plan('minor', changes))).toEqual([
      'shallow-clone',
      'no-identity',
      'branch-behind',
      'branch-behind',
    ]);
  });

  it('does not ask the remote anything when nothing is pushed', async () => {
    const remote = { ...facts().remote, url: undefined, unreachable: 'no such remote' };
    expect((await plan('minor', { remote }, false)).details.remote).toBeUndefined();
  });

  it('quotes what a shell would obey in the command that it tells', () => {
    const request = { target: '1.4.0', pre: '$(reboot)' };
    expect(() => nextVersion(request, '1.0.0', [], [], config)).toThrowError(
      expect.objectContaining({ fix: "tagship release '1.4.0-$(reboot).1'" }),
    );
  });

  it.each<[string, Partial<ReleaseFacts>, readonly string[]]>([
    ['v1.0.4', {}, ['tags-missing']],
    ['v1.0.4', { lastRelease: { tag: 'v1.0.3', version: '1.0.3' } }, ['tags-missing']],
    ['v1.0.4', { lastRelease: { tag: 'v1.0.5', version: '1.0.5' } }, []],
    ['v1.0.4', { refs: new Map([...facts().refs, ref('refs/tags/v1.0.4', MAIN)]) }, []],
    ['v1.1.0-beta.1', {}, []],
    ['nightly', {}, []],
  ])('knows of the tag %s that the remote has', async (tag, changes, refused) => {
    const remote = { ...facts().remote, refs: new Map([[`refs/tags/${tag}`, MAIN]]) };
    expect(await codes(plan('minor', { ...changes, remote }))).toEqual(refused);
  });

  it('leaves the choice among several apps to the user', async () => {
    const pubspecs = ['a', 'b'].map((name) => ({
      path: `${name}/pubspec.yaml`,
      bytes: Buffer.from('version: 1.0.0\n'),
    }));
    const tree = ['a', 'b'].map((name) => ({
      mode: '100644',
      type: 'blob' as const,
      id: 'f',
      path: `${name}/lib/main.dart`,
    }));
    expect(await codes(plan('minor', { pubspecs, tree }))).toEqual(['several-pubspecs']);
    expect(await codes(plan('minor', { pubspecs: [] }))).toEqual(['no-pubspec']);
  });
});

describe('a plan of several packages', () => {
  const { release: together } = parseConfig('release: { packages: together }\n');
  const file = (path: string, text: string) => ({ path, bytes: Buffer.from(text) });
  const pubspecs = [
    file('app/pubspec.yaml', 'name: app\nversion: 1.0.0+5\ndependencies: {core: ^1.0.0}\n'),
    file('core/pubspec.yaml', 'name: core\nversion: 1.4.0\n'),
    file('other/pubspec.yaml', 'name: other\nversion: 1.0.0+70\n'),
  ];
  const pubspecsElsewhere = [
    file('app/pubspec.yaml', 'version: 1.0.0+8\n'),
    file('other/pubspec.yaml', 'version: 1.0.0+60\n'),
  ].map((there) => ({ ...there, branch: 'refs/heads/main' }));
  const whole = (target: string) => {
    const request = { kind: 'release', target, packages: [], pre: undefined, push: true, checks: true } as const;
    return { ...request, mergeBack: 'stop', pullRequest: false } as const;
  };
  const versions = async (changes: Partial<ReleaseFacts> = {}, target = 'minor') => {
    const found = facts({ pubspecs, pubspecsElsewhere, ...changes });
    const made = await planRelease(found, whole(target), together, NOW);
    return made.details.packages.map(({ name, pubspecVersion }) => `${name} ${pubspecVersion}`);
  };

  it('starts from the highest version, and lets each build number grow by itself', async () => {
    expect(await versions()).toEqual(['app 1.5.0+9', 'core 1.5.0', 'other 1.5.0+71']);
  });

  it('gives a build number from elsewhere to those that have one', async () => {
    expect(await versions({ chosenBuild: '99' })).toEqual(['app 1.5.0+99', 'core 1.5.0', 'other 1.5.0+99']);
  });

  it('refuses a named version that is not higher than the highest', async () => {
    expect(await codes(versions({}, '1.3.0'))).toEqual(['version-not-higher']);
  });

  it('holds packages that need each other', async () => {
    const circle = [
      file('a/pubspec.yaml', 'name: a\nversion: 1.0.0\ndependencies: {b: ^1.0.0}\n'),
      file('b/pubspec.yaml', 'name: b\nversion: 1.0.0\ndev_dependencies: {a: ^1.0.0}\n'),
    ];
    expect(await versions({ pubspecs: circle })).toEqual(['a 1.1.0', 'b 1.1.0']);
  });

  it('is refused for every glob that means no package', async () => {
    const { release } = parseConfig('release: { packages: { mode: together, include: [app, lib, "p*/*"] } }\n');
    expect(await codes(planRelease(facts({ pubspecs }), whole('minor'), release, NOW))).toEqual([
      'include-unmatched',
      'include-unmatched',
    ]);
  });

  it('is refused without a package that has a version', async () => {
    expect(await codes(versions({ pubspecs: [file('pubspec.yaml', 'name: root\n')] }))).toEqual(['no-package']);
  });
});
