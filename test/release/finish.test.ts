import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/config/parse.ts';
import { chooseReleaseBranch, releaseOfBranch } from '../../src/release/finish.ts';

const { release: config } = parseConfig(undefined);
const choose = (open: readonly string[], version?: string) => {
  const refs = open.map((name) => [name, { name, id: 'i', commit: 'c', worktree: undefined }] as const);
  const chosen = chooseReleaseBranch(new Map(refs), config, version).name;
  return [chosen, releaseOfBranch(chosen, config).version];
};
const heads = (...names: readonly string[]) => names.map((name) => `refs/heads/${name}`);
const refused = (code: string, fix: string) => expect.objectContaining({ code, fix: expect.stringContaining(fix) });

describe('the release to finish', () => {
  it.each([
    ['the one that is open', heads('main', 'release/v0.2.0'), undefined, 'release/v0.2.0', '0.2.0'],
    ['one without a v', heads('release/0.2.0'), undefined, 'release/0.2.0', '0.2.0'],
    ['the one that is named as it is offered', heads('release/0.2.0'), '0.2.0', 'release/0.2.0', '0.2.0'],
    ['the one that is named', heads('release/v0.2.0', 'release/v0.3.0'), '0.3.0', 'release/v0.3.0', '0.3.0'],
    ['the one that is named with a v', heads('release/v0.2.0', 'release/v0.3.0'), 'v0.3.0', 'release/v0.3.0', '0.3.0'],
    ['the one whose name is a version', heads('release/foo', 'release/v0.2.0'), undefined, 'release/v0.2.0', '0.2.0'],
  ])('is %s', (_what, open, version, branch, expected) => {
    expect(choose(open, version)).toEqual([`refs/heads/${branch}`, expected]);
  });

  it.each([
    ['none is open', heads('main'), undefined, 'no-release-branch', 'tagship release start'],
    ['another is open', heads('release/v0.2.0'), '0.3.0', 'no-release-branch', 'tagship release start'],
    ['several are', heads('release/v0.2.0', 'release/v0.3.0'), undefined, 'several-release-branches', 'finish 0.2.0'],
    [
      'several are, beside one whose name is no version',
      heads('release/foo', 'release/v0.2.0', 'release/v0.3.0'),
      undefined,
      'several-release-branches',
      'tagship release finish 0.2.0',
    ],
    [
      'its name is no version',
      heads('release/foo'),
      undefined,
      'release-branch-name',
      'git branch -m release/foo release/v1.2.3',
    ],
  ])('is not known where %s', (_why, open, version, code, fix) => {
    expect(() => choose(open, version)).toThrow(refused(code, fix));
  });
});
