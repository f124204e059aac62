import { describe, expect, it } from 'vitest';
import { readTag, tagOf, versionOfTag } from '../../src/core/tag-name.ts';
import { bumped, nextBuild, parseVersion, type Version } from '../../src/core/version.ts';
import { bumpFor, parseCommits } from '../../src/release/commits.ts';
import { hostedRepository } from '../../src/release/hosting.ts';
import { nextVersion } from '../../src/release/next-version.ts';

const version = (text: string): Version => {
  const parsed = parseVersion(text);
  if (parsed === undefined) throw new Error(`not a version: ${text}`);
  return parsed;
};

describe('a version', () => {
  it('keeps its build apart', () => {
    expect(parseVersion('1.18.2+64')).toEqual({ core: '1.18.2', build: '64' });
    expect(parseVersion('1.3.0-beta.1+7')).toEqual({ core: '1.3.0-beta.1', build: '7' });
    expect(parseVersion('1.0.0')).toEqual({ core: '1.0.0', build: undefined });
  });

  it.each([
    '',
    '1',
    '1.2',
    '1.2.3.4',
    'v1.2.3',
    '=1.2.3',
    ' 1.2.3',
    '1.2.3 ',
    '01.2.3',
    '1.2.3-',
    '1.2.3+',
    '1.2.3\n',
    `1.2.${'3'.repeat(300)}`,
  ])('is not "%s"', (text) => expect(parseVersion(text)).toBeUndefined());

  it.each([
    ['0.2.9', 'minor', '0.3.0'],
    ['0.3.0', 'patch', '0.3.1'],
    ['0.3.1', 'major', '1.0.0'],
    ['1.3.0-beta.2', 'minor', '1.3.0'],
    ['1.3.0-beta.2', 'patch', '1.3.0'],
  ] as const)('%s bumped by %s is %s', (current, bump, next) => expect(bumped(current, bump)).toBe(next));
});

describe('the build number', () => {
  it('grows past every number in use', () => {
    expect(nextBuild(version('1.0.0+64'), [version('0.9.9+70'), version('0.9.8')])).toBe('71');
  });
  it('grows past what a double can hold', () => {
    expect(nextBuild(version('1.0.0+9007199254740993'), [])).toBe('9007199254740994');
  });
  it('is kept while it stands for the release that is being finished and is the highest', () => {
    expect(nextBuild(version('1.0.0+9'), [version('0.9.0+8')], { fresh: true })).toBe('9');
    expect(nextBuild(version('1.0.0+9'), [version('0.9.1+10')], { fresh: true })).toBe('11');
  });
  it('is not invented where none is used', () => {
    expect(nextBuild(version('1.0.0'), [version('0.9.0+3')])).toBeUndefined();
  });
  it('is kept as it is when it is no number', () => {
    expect(nextBuild(version('1.0.0+hotfix.2'), [])).toBe('hotfix.2');
  });
});

describe('a tag', () => {
  it('holds the version where the format says', () => {
    expect(tagOf('app/v{version}', '1.2.3')).toBe('app/v1.2.3');
    expect(versionOfTag('app/v{version}', 'app/v1.2.3')).toBe('1.2.3');
  });
  it.each([
    ['{name}-v{version}', 'core-v1.2.0', 'core 1.2.0'],
    ['{name}-v{version}', 'core_v2-v1.2.0-beta.1', 'core_v2 1.2.0-beta.1'],
    ['pub/{name}/{version}+x', 'pub/core/1.2.0+x', 'core 1.2.0'],
    ['v{version}', 'v1.2.0', 'undefined 1.2.0'],
    ['{name}-v{version}', 'v1.2.0', undefined],
    ['{name}-v{version}', '-v1.2.0', undefined],
    ['{name}-v{version}', 'my-core-v1.2.0', undefined],
    ['{name}-v{version}', '1core-v1.2.0', undefined],
    ['{name}-v{version}', '../core-v1.2.0', undefined],
    ['{name}-v{version}', 'core-vv1.2.0', undefined],
  ])('of the format %s, %s is read as %s', (format, tag, expected) => {
    const read = readTag(format, tag);
    expect(read && `${read.name} ${read.version}`).toBe(expected);
  });

  it.each(['v', 'v1', 'x1.2.3', 'v1.2.3-', 'release-1.2.3'])('%s is not a release tag', (tag) => {
    expect(versionOfTag('v{version}', tag)).toBeUndefined();
  });
  it('takes a version literally, dollar signs and all', () => {
    expect(tagOf('v{version}', '$&')).toBe('v$&');
  });
});

describe('the bump that commits ask for', () => {
  const bump = (messages: readonly string[], current = '1.2.3', breakingInZero: 'minor' | 'major' = 'minor') =>
    bumpFor(
      parseCommits(messages.map((message, index) => ({ hash: String(index), message }))),
      current,
      breakingInZero,
    );

  it.each([
    ['nothing but fixes', 'patch', ['fix: a', 'chore: b', 'not conventional at all']],
    ['a feature', 'minor', ['fix: a', 'feat(ui): b']],
    ['an exclamation mark', 'major', ['feat!: drop it', 'fix: a']],
    ['a footer', 'major', ['fix: a\n\nBREAKING CHANGE: the API moved']],
    ['a footer with a dash', 'major', ['fix: a\n\nBREAKING-CHANGE: the API moved']],
    ['no commits', 'patch', []],
    ['an empty message', 'patch', ['']],
  ] as const)('%s: %s', (_what, expected, messages) => expect(bump(messages)).toBe(expected));

  it('below 1.0.0 a breaking change is minor, unless the project says otherwise', () => {
    expect(bump(['feat!: drop it'], '0.9.0')).toBe('minor');
    expect(bump(['feat!: drop it'], '0.9.0', 'major')).toBe('major');
  });
});

describe('the next version', () => {
  const next = (target: string, pre?: string, current = '1.2.0', taken: readonly string[] = []) =>
    nextVersion({ target, pre }, current, [], taken, { breakingInZero: 'minor' });

  it.each([
    ['1.2.0', 'minor', 'beta', '1.3.0-beta.1'],
    ['1.3.0-beta.1', 'minor', 'beta', '1.3.0-beta.2'],
    ['1.3.0-beta.9', 'minor', 'beta', '1.3.0-beta.10'],
    ['1.3.0-beta.2', 'minor', 'rc', '1.3.0-rc.1'],
    ['1.3.0-rc.1', 'minor', undefined, '1.3.0'],
    ['1.3.0-rc.1', 'major', 'beta', '2.0.0-beta.1'],
    ['1.2.0', 'patch', 'dev', '1.2.1-dev.1'],
  ])('after %s, %s with --pre %s is %s', (current, target, pre, expected) => {
    expect(next(target, pre, current)).toBe(expected);
  });

  it('is a number no tag has taken', () => {
    expect(next('minor', 'beta', '1.2.0', ['1.3.0-beta.4', '1.3.0-alpha.9', '1.2.0'])).toBe('1.3.0-beta.5');
  });

  it.each([
    ['gigantic', undefined],
    ['1.2', undefined],
    ['1.2.3+4', undefined],
    ['minor', '1'],
    ['minor', 'a b'],
    ['minor', '../x'],
    ['1.3.0', 'beta'],
  ])('is refused for %s with --pre %s', (target, pre) => {
    expect(() => next(target, pre)).toThrow(expect.objectContaining({ code: 'version-invalid', exit: 2 }));
  });
});

describe('a hosted repository', () => {
  it.each([
    'https://github.com/owner/repo.git',
    'https://github.com/owner/repo',
    'https://user:token@github.com/owner/repo.git',
    'git@github.com:owner/repo.git',
    'ssh://git@github.com/owner/repo.git',
    'ssh://git@github.com:22/owner/repo.git',
  ])('is read from %s', (url) => {
    expect(hostedRepository(url)).toMatchObject({ host: 'https://github.com', owner: 'owner', repository: 'repo' });
  });
  it('may lie in groups within groups', () => {
    expect(hostedRepository('git@gitlab.com:a/b/c.git')).toMatchObject({ owner: 'a/b', repository: 'c', infix: '/-' });
  });
  it.each([
    '/srv/git/app.git',
    '../app.git',
    'git@example.com:a/b.git',
    'https://github.com/only',
    'https://github.com/a/b"><x',
    '',
  ])('is not known from "%s"', (url) => expect(hostedRepository(url)).toBeUndefined());
});
