import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/config/load.ts';
import { Problem, Refusals } from '../../src/core/problem.ts';
import type { Ref, ReleaseFacts } from '../../src/release/facts.ts';
import { planRelease } from '../../src/release/plan.ts';

const MAIN = '1'.repeat(40);
const DEVELOP = '2'.repeat(40);
const NOW = new Date('2026-01-02T03:04:05Z');
const { release: config } = parseConfig(undefined);

const ref = (name: string, id: string, worktree?: string): readonly [string, Ref] => [
  name,
  { name, id, commit: id, worktree },
];

/** A repository with one package, one commit since main and nothing in the way. */
function facts(changes: Partial<ReleaseFacts> = {}): ReleaseFacts {
  return {
    shallow: false,
    refs: new Map([ref('refs/heads/main', MAIN), ref('refs/heads/develop', DEVELOP)]),
    line: 'refs/heads/develop',
    mainInLine: true,
    remote: {
      name: 'origin',
      url: 'git@github.com:owner/app.git',
      pushUrls: ['git@github.com:owner/app.git'],
      remotes: ['origin'],
      unreachable: undefined,
      refs: new Map(),
      ahead: new Set(),
    },
    identity: 'Tester <tester@example.com> 1700000000 +0100',
    signing: { commits: false, tags: false },
    tree: [],
    pubspecs: [{ path: 'app/pubspec.yaml', bytes: Buffer.from('version: 1.0.0+5\n') }],
    pubspecsElsewhere: [{ path: 'app/pubspec.yaml', bytes: Buffer.from('version: 0.9.0+8\n') }],
    changelog: { path: 'CHANGELOG.md', bytes: undefined },
    commits: [{ hash: 'c'.repeat(40), message: 'feat: a thing\n' }],
    lastRelease: undefined,
    versionFiles: [],
    busyWorktrees: [],
    uncommittedOnLine: [],
    chosenBuild: undefined,
    ...changes,
  };
}

const plan = (target = 'minor', changes: Partial<ReleaseFacts> = {}, push = true) =>
  planRelease(
    facts(changes),
    { kind: 'release', target, pre: undefined, push, checks: true, mergeBack: 'stop', pullRequest: false },
    config,
    NOW,
  );

async function codes(promise: Promise<unknown>): Promise<readonly string[]> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof Refusals) return error.problems.map(({ code }) => code);
  return error instanceof Problem ? [error.code] : [];
}

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
      remote: { ...facts().remote, ahead: new Set(['refs/heads/main', 'refs/heads/develop']) },
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
