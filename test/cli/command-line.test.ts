import { describe, expect, it } from 'vitest';
import { readCommandLine } from '../../src/cli/command-line.ts';

describe('a command line', () => {
  it.each([
    [
      ['release', 'minor', '--json'],
      ['release', 'minor', '--json'],
    ],
    [
      ['--json', '-C', 'a', 'release', '-C', 'b', 'status'],
      ['release', '--json', '-C', 'a', '-C', 'b', 'status'],
    ],
    [
      ['-y', '--dry-run', '-Capp', 'hotfix', '--', '-x'],
      ['hotfix', '-y', '--dry-run', '-Capp', '--', '-x'],
    ],
  ])('%j is read as %j', (typed, words) => expect(readCommandLine(typed).words).toEqual(words));

  it.each([
    [['-C', 'release', 'status', 'x'], 'status'],
    [['help', 'release'], 'release'],
    [['help'], undefined],
    [['--jsno', 'release'], undefined],
    [[], undefined],
  ])('%j wants the command %j', (typed, wanted) => expect(readCommandLine(typed).wanted).toBe(wanted));

  it('has no options behind a lone --', () => {
    expect(readCommandLine(['hotfix', '--', '--json']).json).toBe(false);
    expect(readCommandLine(['--json', 'hotfix', '--', 'x']).json).toBe(true);
  });
});
