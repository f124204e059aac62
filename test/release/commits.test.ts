import { describe, expect, it } from 'vitest';
import { bumpFor, parseCommits } from '../../src/release/commits.ts';

const HASH = 'a1b2c3d4e5f6a1b2c3d4e5f6a1b2c3d4e5f6a1b2';

function read(message: string) {
  const [commit] = parseCommits([{ hash: HASH, message }]);
  if (commit === undefined) throw new Error(`no commit: ${message}`);
  return commit;
}

const bumpOf = (...messages: readonly string[]) =>
  bumpFor(parseCommits(messages.map((message, index) => ({ hash: String(index), message }))), '1.2.3', 'minor');

describe('a subject', () => {
  it.each([
    ['feat: a thing', 'feat', null, 'a thing'],
    ['fix(ui): a thing', 'fix', 'ui', 'a thing'],
    ['fix(ui,core): a thing', 'fix', 'ui,core', 'a thing'],
    ['fix(ui, core)!: a thing', 'fix', 'ui, core', 'a thing'],
    ['feat(*): a thing (#1234)', 'feat', '*', 'a thing (#1234)'],
    ['feat(remote-config)!: a thing', 'feat', 'remote-config', 'a thing'],
    [
      'fix(deps): update dependency com.example:storage to v1.120.0',
      'fix',
      'deps',
      expect.stringContaining('com.exam'),
    ],
    ['FIX: a thing', 'FIX', null, 'a thing'],
    ['docs: Merge foo bar', 'docs', null, 'Merge foo bar'],
    ['fix: say `feat!:` where it is meant', 'fix', null, 'say `feat!:` where it is meant'],
  ])('%s is read', (message, type, scope, subject) => expect(read(message)).toMatchObject({ type, scope, subject }));

  it.each([
    'new feature!!!',
    ': new feature',
    ' (): new feature',
    'feat()',
    'feat:without a space',
    'feat (ui): a space before the scope',
    'feat!(ui): the mark before the scope',
    'Merge foo into bar',
    'Merged PR 404: feat(ui): by another site',
    'User-Name: not a type',
  ])('%s is not conventional, and asks for a patch', (message) => {
    expect(read(message).type ?? null).toBeNull();
    expect(bumpOf(message)).toBe('patch');
  });
});

describe('a breaking change', () => {
  it.each([
    ['a mark', 'fix!: some fix', 'some fix'],
    ['a mark behind a scope', 'docs(api,ui)!: some words', 'some words'],
    ['a mark on a type that is not shown', 'chore!: drop Android 6', 'drop Android 6'],
    ['a footer', 'feat: a\n\nmore of it\n\nBREAKING CHANGE: the API moved', 'the API moved'],
    ['a footer with a dash', 'feat: a\n\nBREAKING-CHANGE: the API moved', 'the API moved'],
    ['a footer that says more than the mark', 'feat!: a\n\nBREAKING CHANGE: the API moved', 'the API moved'],
    ['a footer without a space', 'feat: a\n\nBREAKING CHANGE:the API moved', 'the API moved'],
    ['a footer on lines of its own', 'feat: a\n\nBREAKING CHANGE:\nthe API moved\naway', 'the API moved\naway'],
    ['a footer of several lines', 'chore: up\n\nBREAKING CHANGE: was 6\nnow 7', 'was 6\nnow 7'],
    ['a footer with a list', 'chore: up\n\nBREAKING CHANGE: was 6\n- no foo\n- no bar', 'was 6\n- no foo\n- no bar'],
    ['a footer right below the body', 'fix: a\n\nsome body\nSource-Link: x\nBREAKING CHANGE: gone', 'gone'],
    ['a footer in a list', 'fix: a\n\n* BREAKING CHANGE: gone', 'gone'],
    ['a footer with CRLF', 'fix: a\r\n\r\nBREAKING CHANGE: gone\r\n', 'gone'],
    [
      "a footer above git's trailers",
      'feat: a\n\nBREAKING CHANGE: gone\nReviewed-by: Z\nCo-authored-by: A <a@b.c>',
      'gone',
    ],
    ['a footer apart from trailers', 'feat: a\n\nBREAKING CHANGE: gone\n\nSigned-off-by: Z <z@example.com>', 'gone'],
    ['a footer above an issue', 'feat: a\n\nBREAKING CHANGE: gone\n\nCloses #3', 'gone'],
  ])('is told by %s', (_how, message, text) => {
    expect(read(message).notes.map((note) => note.text)).toEqual([text]);
    expect(bumpOf(message)).toBe('major');
  });

  it.each([
    ['in small letters', 'fix: a\n\nbreaking change: none at all'],
    ['in prose', 'fix: a\n\nbreaking change detection is better'],
    ['in capitals, in prose', 'fix: a\n\nBREAKING CHANGE detection is better'],
    ['in the middle of a line', 'fix: a\n\nThis is no BREAKING CHANGE: really'],
    ['in the plural', 'fix: a\n\nBREAKING CHANGES: none'],
    ['cut short', 'fix: a\n\nBREAKING: none'],
  ])('is not told by words %s', (_how, message) => expect(bumpOf(message)).toBe('patch'));
});

describe('the bump', () => {
  it.each([
    ['minor', ['feat: a']],
    ['minor', ['docs: a', 'Feat(UI): in capitals', 'fix: b']],
    ['minor', ['feature: the long word']],
    ['patch', ['docs: a']],
    ['patch', ['refactor(scope): a', 'perf: b', 'ci: c']],
    ['patch', ['fix: a\n\nfeat: only mentioned']],
    ['major', ['feat: a', 'fix!: b', 'docs: c']],
    ['major', ['chore!: a']],
    ['major', ['revert(scope)!: a']],
  ] as const)('is %s for %j', (bump, messages) => expect(bumpOf(...messages)).toBe(bump));
});

describe('what was taken back', () => {
  const [A, B, C] = ['a', 'b', 'c'].map((letter) => letter.repeat(40)) as [string, string, string];
  const revert = (subject: string, hash: string) => `Revert "${subject}"\n\nThis reverts commit ${hash}.\n`;
  const left = (...commits: readonly (readonly [string, string])[]) =>
    parseCommits(commits.map(([hash, message]) => ({ hash, message }))).map(({ hash }) => hash);

  it('is neither told nor bumped for, and nor is what took it back', () => {
    expect(left([B, revert('feat: a', A)], [A, 'feat: a'])).toEqual([]);
    expect(
      left([C, 'fix: c'], [B, `revert: feat: a\n\nThis reverts commit ${A.slice(0, 7)}.`], [A, 'feat: a']),
    ).toEqual([C]);
  });

  it('is told when it came back', () => {
    const again = `Reapply "feat: a"\n\nThis reverts commit ${B}.\n`;
    expect(left([C, again], [B, revert('feat: a', A)], [A, 'feat: a'])).toEqual([A]);
  });

  it('is told when it was released before', () => {
    expect(left([B, revert('feat: a', A)], [C, 'fix: c'])).toEqual([B, C]);
  });

  it('is one commit, also when two are called the same', () => {
    expect(left([B, revert('feat: a', A)], [C, 'feat: a'], [A, 'feat: a'])).toEqual([C]);
  });

  it.each([
    ['an abbreviation too short to tell', 'fix: b\n\nThis reverts commit aaaa.'],
    ['a word in the middle', `fix: b\n\nNote: This reverts commit ${A}.`],
  ])('is not %s', (_what, message) => expect(left([B, message], [A, 'feat: a'])).toEqual([B, A]));
});
