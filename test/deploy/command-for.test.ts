import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { commandFor } from '../../src/deploy/command-for.ts';
import { hostileTag } from '../support/hostile.ts';

it.each([
  [{ kind: 'deploy' }, 'tagship deploy production'],
  [{ kind: 'deploy', tag: 'v0.2.0' }, 'tagship deploy production v0.2.0'],
  [{ kind: 'rollback', method: 'git', tag: 'v0.2.0' }, 'tagship rollback production --to v0.2.0'],
  [{ kind: 'rollback', method: 'image', tag: 'v0.2.0' }, 'tagship rollback production --to v0.2.0 --method image'],
  [
    { kind: 'rollback', method: 'backup', tag: 'v0.2.0', backup: '/b/a b.tar.gz' },
    "tagship rollback production --method backup --backup '/b/a b.tar.gz'",
  ],
] as const)('of %o is typed %s', (wanted, typed) => {
  expect(commandFor({ environment: 'production', ...wanted })).toBe(typed);
});

it('is no more than that, whatever the release is called', () => {
  fc.assert(
    fc.property(hostileTag, (tag) => {
      const script = `tagship() { printf '%s\\n' "$@"; }\n${commandFor({ kind: 'deploy', environment: 'e', tag })}`;
      expect(spawnSync('sh', ['-c', script], { encoding: 'utf8' }).stdout).toBe(`deploy\ne\n${tag}\n`);
    }),
    { numRuns: 30 },
  );
});
