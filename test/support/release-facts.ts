import { Problem, Refusals } from '../../src/core/problem.ts';
import type { Ref, ReleaseFacts } from '../../src/release/facts.ts';

export const MAIN = '1'.repeat(40);
export const DEVELOP = '2'.repeat(40);
export const NOW = new Date('2026-01-02T03:04:05Z');
export const ref = (name: string, id: string, worktree?: string): readonly [string, Ref] => [
  name,
  { name, id, commit: id, worktree },
];

/** A repository with one package, one commit since main and nothing in the way. */
export function facts(changes: Partial<ReleaseFacts> = {}): ReleaseFacts {
  return {
    shallow: false,
    refs: new Map([ref('refs/heads/main', MAIN), ref('refs/heads/develop', DEVELOP)]),
    line: 'refs/heads/develop',
    mainInLine: true,
    remote: {
      name: 'origin',
      url: 'git@github.com:owner/app.git',
      pushUrls: ['git@github.com:owner/app.git'],
      mirror: false,
      remotes: ['origin'],
      unreachable: undefined,
      refs: new Map(),
      ahead: new Map(),
    },
    identity: 'Tester <tester@example.com> 1700000000 +0100',
    signing: { commits: false, tags: false },
    tree: [],
    pubspecs: [{ path: 'app/pubspec.yaml', bytes: Buffer.from('version: 1.0.0+5\n') }],
    pubspecsElsewhere: [
      { branch: 'refs/heads/main', path: 'app/pubspec.yaml', bytes: Buffer.from('version: 0.9.0+8\n') },
    ],
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

/** Codes of what refuses it; none when nothing does. */
export async function codes(promise: Promise<unknown>): Promise<readonly string[]> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof Refusals) return error.problems.map(({ code }) => code);
  return error instanceof Problem ? [error.code] : [];
}
