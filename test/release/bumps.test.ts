import { describe, expect, it } from 'vitest';
import { formatVersion, nextBuild, parseVersion } from '../../src/core/version.ts';
import { parseCommits } from '../../src/release/commits.ts';
import { newestRelease } from '../../src/release/look-history.ts';
import { nextVersion } from '../../src/release/next-version.ts';

interface Asked {
  readonly pre?: string;
  readonly commits?: readonly string[];
  /** Versions that have a tag. */
  readonly taken?: readonly string[];
  readonly breakingInZero?: 'minor' | 'major';
}

/** What a pubspec gets that has `current`. */
function next(
  current: string,
  target: string,
  { pre, commits = [], taken = [], breakingInZero = 'minor' }: Asked = {},
) {
  const version = parseVersion(current);
  if (version === undefined) throw new Error(current);
  const parsed = parseCommits(commits.map((message, index) => ({ hash: String(index), message })));
  const core = nextVersion({ target, pre }, version.core, parsed, taken, { breakingInZero });
  return formatVersion({ core, build: nextBuild(version, []) });
}

const FIX = ['fix: a', 'docs: b'];
const FEATURE = ['feat: a', 'fix: b', 'docs: c'];
const BREAKING = ['feat: a', 'fix!: b', 'docs: c'];

describe('a bump', () => {
  it.each([
    ['1.0.0', 'major', '2.0.0'],
    ['1.1.1', 'minor', '1.2.0'],
    ['1.1.1', 'patch', '1.1.2'],
    ['0.1.0', 'major', '1.0.0'],
    ['0.0.5', 'minor', '0.1.0'],
    ['0.0.5-alpha', 'patch', '0.0.5'],
    ['0.0.5-alpha', 'minor', '0.1.0'],
    ['0.0.5-alpha', 'major', '1.0.0'],
    ['1.0.0-dev.1', 'patch', '1.0.0'],
    ['1.3.0-alpha.1', 'minor', '1.3.0'],
    ['1.3.0-alpha.1', 'major', '2.0.0'],
    ['2.0.0-beta.1', 'major', '2.0.0'],
    ['2.0.0-beta.1', 'minor', '2.0.0'],
    ['1.0.1-rc.1', 'minor', '1.1.0'],
  ])('of %s by %s is %s', (current, target, expected) => expect(next(current, target)).toBe(expected));

  it.each([
    ['3.0.0+11', 'major', '4.0.0+12'],
    ['3.0.0+11', 'patch', '3.0.1+12'],
    ['3.0.0', 'patch', '3.0.1'],
    ['0.1.1+1', 'patch', '0.1.2+2'],
    ['0.0.5-alpha+42', 'patch', '0.0.5+43'],
    ['0.5.0+abc', 'minor', '0.6.0+abc'],
    ['3.0.0+1.2', 'major', '4.0.0+1.2'],
    ['1.0.0+009', 'patch', '1.0.1+10'],
  ])('counts the build on where it is a number: %s by %s is %s', (current, target, expected) => {
    expect(next(current, target)).toBe(expected);
  });

  it.each([
    ['v100.0.0', '100.0.0'],
    ['200.0.0-amazing', '200.0.0-amazing'],
    ['1.2.3-amazing.2', '1.2.3-amazing.2'],
  ])('may be the version itself: %s', (target, expected) => expect(next('1.0.0', target)).toBe(expected));
});

describe('a bump by what the commits ask for', () => {
  it.each([
    ['1.2.3', FIX, '1.2.4'],
    ['1.2.3', FEATURE, '1.3.0'],
    ['1.2.3', BREAKING, '2.0.0'],
    ['1.2.3', ['chore: a'], '1.2.4'],
    ['1.2.3', [], '1.2.4'],
    ['0.1.2', FIX, '0.1.3'],
    ['0.1.2', FEATURE, '0.2.0'],
    ['0.1.2', BREAKING, '0.2.0'],
    ['0.123.4', ['fix(deps): update a'], '0.123.5'],
    ['1.0.0-beta.1', BREAKING, '1.0.0'],
    ['1.1.0-beta.1', BREAKING, '2.0.0'],
    ['1.3.0-alpha.1', FEATURE, '1.3.0'],
    ['1.2.4-alpha.1', FIX, '1.2.4'],
    ['1.2.4-alpha.1', FEATURE, '1.3.0'],
  ])('is of %s with %j %s', (current, commits, expected) => expect(next(current, 'auto', { commits })).toBe(expected));

  it('leaves 0.x behind where the project says so', () => {
    expect(next('0.1.2', 'auto', { commits: BREAKING, breakingInZero: 'major' })).toBe('1.0.0');
    expect(next('0.1.2', 'auto', { commits: FEATURE, breakingInZero: 'major' })).toBe('0.2.0');
  });

  it.each([
    ['1.2.3', FEATURE, '1.3.0-beta.1'],
    ['0.1.2', BREAKING, '0.2.0-beta.1'],
    ['1.0.0-beta', FIX, '1.0.0-beta.1'],
    ['1.0.0-beta.1', FIX, '1.0.0-beta.2'],
    ['1.0.0-beta.9', FEATURE, '1.0.0-beta.10'],
    ['2.0.0-beta.1', BREAKING, '2.0.0-beta.2'],
    ['1.0.1-beta.1', FEATURE, '1.1.0-beta.1'],
    ['1.1.0-beta.1', FEATURE, '1.1.0-beta.2'],
    ['1.1.1-beta.1', FEATURE, '1.2.0-beta.1'],
    ['1.1.0-beta.1', BREAKING, '2.0.0-beta.1'],
    ['1.1.0-dev.3', FIX, '1.1.0-beta.1'],
  ])('to a beta is of %s with %j %s', (current, commits, expected) => {
    expect(next(current, 'auto', { commits, pre: 'beta' })).toBe(expected);
  });
});

describe('pre-releases one after another', () => {
  it('begin anew with a bigger bump, and with another word', () => {
    const steps = [
      ['patch', 'dev', '1.0.1-dev.1+6'],
      ['patch', 'dev', '1.0.1-dev.2+7'],
      ['minor', 'dev', '1.1.0-dev.1+8'],
      ['minor', 'dev', '1.1.0-dev.2+9'],
      ['patch', 'dev', '1.1.0-dev.3+10'],
      ['minor', 'rc', '1.1.0-rc.1+11'],
      ['minor', undefined, '1.1.0+12'],
      ['patch', 'rc', '1.1.1-rc.1+13'],
    ] as const;
    let current = '1.0.0+5';
    for (const [target, pre, expected] of steps) {
      current = next(current, target, pre === undefined ? {} : { pre });
      expect(current).toBe(expected);
    }
  });

  it.each([
    ['its own word', '1.4.0-abc.1', 'xyz', ['1.4.0-xyz.1'], '1.4.0-xyz.2'],
    ['no other word', '1.0.0', 'a', ['1.1.0-b.4', '1.1.0-a.1', '1.0.0-b.9'], '1.1.0-a.2'],
    ['no other version', '1.0.0', 'a', ['1.0.1-a.7', '2.1.0-a.8'], '1.1.0-a.1'],
    ['a number', '1.0.0', 'a', ['1.1.0-a', '1.1.0-a.x', '1.1.0-a.1.9'], '1.1.0-a.2'],
  ])('pass over the numbers that tags of %s have taken', (_what, current, pre, taken, expected) => {
    expect(next(current, 'minor', { pre, taken })).toBe(expected);
  });
});

describe('the newest release', () => {
  const newest = (tags: readonly string[], { format = 'v{version}', pre = false } = {}) => {
    const refs = tags.map((name) => ({ name: `refs/tags/${name}`, id: 'i', commit: 'c', worktree: undefined }));
    return newestRelease(refs, format, pre)?.tag;
  };

  it.each([
    ['the highest, whatever the order', ['v3.9.0', 'v5.0.0', 'v3.0.0'], 'v5.0.0'],
    ['by numbers and not by letters', ['v9.2.3', 'v10.2.3', 'v178.2.3'], 'v178.2.3'],
    ['no pre-release', ['v1.1.0-b.1', 'v1.0.0'], 'v1.0.0'],
    ['no tag of another kind', ['v1.0.0', '2.0.0', 'p-v3.0.0', 'v4', 'v5.0', 'v6.0.0.0', 'vnext'], 'v1.0.0'],
    ['none', ['latest', 'build-7'], undefined],
  ])('is %s', (_what, tags, expected) => expect(newest(tags)).toBe(expected));

  it.each([
    ['app-v{version}', ['app-v1.2.0', 'application-v3.0.0', 'v4.0.0'], 'app-v1.2.0'],
    [
      'android/production/v{version}',
      ['android/production/v1.2.0', 'android/beta/v2.0.0'],
      'android/production/v1.2.0',
    ],
    ['{version}', ['10.2.3', 'v11.0.0', '1.2.3-rc.1'], '10.2.3'],
    ['v{version}-app', ['v1.2.0-app', 'v2.0.0'], 'v1.2.0-app'],
  ])('among tags called %s is of that name', (format, tags, expected) =>
    expect(newest(tags, { format })).toBe(expected),
  );

  it('may be a pre-release where one is made', () => {
    expect(newest(['v1.1.0-rc.2', 'v1.1.0-rc.10', 'v1.0.0'], { pre: true })).toBe('v1.1.0-rc.10');
    expect(newest(['v1.1.0-rc.2', 'v1.1.0'], { pre: true })).toBe('v1.1.0');
  });

  it('is no branch', () => {
    expect(
      newestRelease([{ name: 'refs/heads/v1.0.0', id: 'i', commit: 'c', worktree: undefined }], 'v{version}', true),
    ).toBeUndefined();
  });
});
