import { describe, expect, it } from 'vitest';
import { changelogSection } from '../../src/release/changelog.ts';
import { parseCommits } from '../../src/release/commits.ts';
import { hostedRepository } from '../../src/release/hosting.ts';
import { insertSection } from '../../src/release/insert-section.ts';
import { readSection } from '../../src/release/read-section.ts';

const HASH = 'a1b2c3d4e5f6a1b2c3d4e5f6a1b2c3d4e5f6a1b2';
const section = (messages: readonly string[], url = '', previousTag: string | undefined = 'v0.1.0') =>
  changelogSection({
    version: '0.2.0',
    date: '2026-01-02',
    commits: parseCommits(messages.map((message) => ({ hash: HASH, message }))),
    tag: 'v0.2.0',
    previousTag,
    hosted: hostedRepository(url),
  });

describe('a section', () => {
  it('groups features and fixes, and leaves chores out', async () => {
    const text = await section(['feat(ui): big buttons', 'fix: small bug', 'chore: tidy']);
    expect(text).toBe(
      '## 0.2.0 (2026-01-02)\n\n### Features\n\n* **ui:** big buttons a1b2c3d\n\n### Bug Fixes\n\n* small bug a1b2c3d',
    );
  });

  it('puts breaking changes first', async () => {
    const text = await section(['feat: new\n\nBREAKING CHANGE: old is gone']);
    expect(text.indexOf('BREAKING CHANGES')).toBeLessThan(text.indexOf('### Features'));
    expect(text).toContain('* old is gone');
  });

  it('links to a site that is known', async () => {
    const text = await section(['fix: it (#12)'], 'git@github.com:owner/repo.git');
    expect(text).toContain('## [0.2.0](https://github.com/owner/repo/compare/v0.1.0...v0.2.0) (2026-01-02)');
    expect(text).toContain('[#12](https://github.com/owner/repo/issues/12)');
    expect(text).toContain(`([a1b2c3d](https://github.com/owner/repo/commit/${HASH}))`);
  });

  it("has GitLab's links for GitLab", async () => {
    const text = await section(['fix: it'], 'https://gitlab.com/a/b/c.git');
    expect(text).toContain('https://gitlab.com/a/b/c/-/compare/v0.1.0...v0.2.0');
  });

  it('has no link at all where the site is not known', async () => {
    const text = await section(['fix: it (#12), thanks @someone', 'feat: b\n\nCloses #3'], '/srv/git/app.git');
    expect(text).not.toMatch(/\]\(|undefined|http/);
    expect(text).toContain('it (#12), thanks @someone');
  });

  it('is only a heading when nothing is worth telling', async () => {
    expect(await section(['chore: tidy'])).toBe('## 0.2.0 (2026-01-02)');
  });
});

describe('a changelog', () => {
  const added = '## 2 (today)\n\n* new';

  it('is begun when there is none', () => {
    expect(insertSection(undefined, added)).toBe('# Changelog\n\n## 2 (today)\n\n* new\n');
  });
  it('gets the section above the newest', () => {
    expect(insertSection('# Log\n\nIntro.\n\n## 1\n\n* old\n', added)).toBe(
      '# Log\n\nIntro.\n\n## 2 (today)\n\n* new\n\n## 1\n\n* old\n',
    );
  });
  it('may begin with a section', () => {
    expect(insertSection('## 1\n\n* old', added)).toBe('## 2 (today)\n\n* new\n\n## 1\n\n* old');
  });
  it('may hold no section yet', () => {
    expect(insertSection('# Log\n', added)).toBe('# Log\n\n## 2 (today)\n\n* new\n');
  });
  it('keeps its CRLF', () => {
    expect(insertSection('# Log\r\n\r\n## 1\r\n', added)).toBe(
      '# Log\r\n\r\n## 2 (today)\r\n\r\n* new\r\n\r\n## 1\r\n',
    );
  });
  it('moves what was written under Unreleased into the section', () => {
    expect(insertSection('# Log\n\n## [Unreleased]\n\n- by hand\n\n## 1\n', added)).toBe(
      '# Log\n\n## [Unreleased]\n\n## 2 (today)\n\n- by hand\n\n* new\n\n## 1\n',
    );
  });
  it('is not fooled by a deeper heading', () => {
    expect(insertSection('# Log\n\n### Note\n\n## 1\n', added)).toBe(
      '# Log\n\n### Note\n\n## 2 (today)\n\n* new\n\n## 1\n',
    );
  });

  it.each([
    ['a list below the title', '# Changelog\n* old 1\n', '# Changelog\n\n## 2 (today)\n\n* new\n\n* old 1\n'],
    ['deeper headings', '# Log\n\n### 0.1.0\n\n* old\n', '# Log\n\n### 2 (today)\n\n* new\n\n### 0.1.0\n\n* old\n'],
    ['headings of the first level', '# 0.1.0\n\n* old\n', '# 2 (today)\n\n* new\n\n# 0.1.0\n\n* old\n'],
    [
      'underlined headings',
      'Log\n===\n\n0.1.0 (2020)\n-----\n* old\n',
      'Log\n===\n\n## 2 (today)\n\n* new\n\n0.1.0 (2020)\n-----\n* old\n',
    ],
    [
      'a fence with a heading in it',
      '# Log\n\n```\n## 0.0.1\n```\n\n## 0.1.0\n',
      '# Log\n\n```\n## 0.0.1\n```\n\n## 2 (today)\n\n* new\n\n## 0.1.0\n',
    ],
    [
      'front matter',
      '---\nstatus: new\nlists:\n  - 1.0.0\n---\n\n# Log\n\n## 0.1.0\n',
      '---\nstatus: new\nlists:\n  - 1.0.0\n---\n\n# Log\n\n## 2 (today)\n\n* new\n\n## 0.1.0\n',
    ],
    [
      'a comment with a heading in it',
      '# Log\n\n<!--\n## [x.y.z]\n-->\n\n## 0.1.0\n',
      '# Log\n\n<!--\n## [x.y.z]\n-->\n\n## 2 (today)\n\n* new\n\n## 0.1.0\n',
    ],
    [
      'patches with deeper headings than other releases',
      '# Log\n\n### [0.1.1](u) (d)\n\n### Bug Fixes\n\n* p\n\n## [0.1.0](u) (d)\n',
      '# Log\n\n## 2 (today)\n\n* new\n\n### [0.1.1](u) (d)\n\n### Bug Fixes\n\n* p\n\n## [0.1.0](u) (d)\n',
    ],
    [
      'dates behind a slash',
      '# Release History\n\n### 0.5.0 / 2019-07-08\n\n* old\n',
      '# Release History\n\n### 2 (today)\n\n* new\n\n### 0.5.0 / 2019-07-08\n\n* old\n',
    ],
    [
      'words around the version',
      '# Version history\n\n## Version 1.0.0-alpha00, released 2022-06-24\n\nInitial.\n',
      '# Version history\n\n## 2 (today)\n\n* new\n\n## Version 1.0.0-alpha00, released 2022-06-24\n\nInitial.\n',
    ],
    [
      'links in the preamble',
      '# Log\n\n[history][1]\n\n[1]: https://x.example\n\n## v0.3.2\n',
      '# Log\n\n[history][1]\n\n[1]: https://x.example\n\n## 2 (today)\n\n* new\n\n## v0.3.2\n',
    ],
    ['a line drawn above all', '---\n\n## 0.1.0\n\n---\n', '---\n\n## 2 (today)\n\n* new\n\n## 0.1.0\n\n---\n'],
    ['text below the title alone', '# Log\n\nNothing yet.', '# Log\n\nNothing yet.\n\n## 2 (today)\n\n* new\n'],
  ])('is extended in its own style: %s', (_style, before, after) => expect(insertSection(before, added)).toBe(after));
});

describe('the section of a release', () => {
  const LOG =
    '# Log\n\n## [1.2.0](u) (d)\n\n### Features\n\n* f\n\n### [1.1.1](u) (d)\n\n### Bug Fixes\n\n* p\n\n# v1.1.0\n\nold\n';

  it.each([
    ['1.2.0', '## [1.2.0](u) (d)\n\n### Features\n\n* f'],
    ['1.1.1', '### [1.1.1](u) (d)\n\n### Bug Fixes\n\n* p'],
    ['1.1.0', '# v1.1.0\n\nold'],
    ['1.1', undefined],
    ['1.2.0-beta.1', undefined],
  ])('%s ends where the next one begins', (version, section) => expect(readSection(LOG, version)).toBe(section));
});
