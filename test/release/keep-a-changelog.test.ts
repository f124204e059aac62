import { describe, expect, it } from 'vitest';
import { alignUnreleased } from '../../src/release/align-unreleased.ts';
import { insertSection } from '../../src/release/insert-section.ts';
import { readSection } from '../../src/release/read-section.ts';

/** As it is generated for a site that is known. */
const SECTION = [
  '## [0.2.0](https://example.com/o/r/compare/v0.1.0...v0.2.0) (2026-01-02)',
  '### Features\n\n* **ui:** big buttons a1b2c3d',
  '### Bug Fixes\n\n* small bug b2c3d4e\n* other bug c3d4e5f',
].join('\n\n');

const KEPT = `# Changelog

Kept by hand.

## [Unreleased]

### Added

- by hand

### Security

- a hole, closed

## [0.1.0] - 2025-01-01

### Fixed

- old

[unreleased]: https://example.com/o/r/compare/v0.1.0...HEAD
[0.1.0]: https://example.com/o/r/releases/tag/v0.1.0
`;

const EXTENDED = `# Changelog

Kept by hand.

## [Unreleased]

## [0.2.0] - 2026-01-02

### Added

- by hand
- **ui:** big buttons a1b2c3d

### Security

- a hole, closed

### Fixed

- small bug b2c3d4e
- other bug c3d4e5f

## [0.1.0] - 2025-01-01

### Fixed

- old

[unreleased]: https://example.com/o/r/compare/v0.2.0...HEAD
[0.2.0]: https://example.com/o/r/compare/v0.1.0...v0.2.0
[0.1.0]: https://example.com/o/r/releases/tag/v0.1.0
`;

describe('a file kept by keepachangelog.com', () => {
  it('gets headings, kinds of changes, items and links as it has them', () => {
    expect(insertSection(KEPT, SECTION)).toBe(EXTENDED);
  });

  it('does so with CRLF', () => {
    const windows = (text: string) => text.replaceAll('\n', '\r\n');
    expect(insertSection(windows(KEPT), SECTION)).toBe(windows(EXTENDED));
  });

  it('can be extended again and again', () => {
    const next = SECTION.replaceAll('0.2.0', '0.3.0').replaceAll('0.1.0', '0.2.0');
    const text = insertSection(EXTENDED, next);
    expect(text).toContain('## [Unreleased]\n\n## [0.3.0] - 2026-01-02\n\n### Added\n\n- **ui:** big buttons');
    expect(text.match(/^\[.*$/gm)).toEqual([
      '[unreleased]: https://example.com/o/r/compare/v0.3.0...HEAD',
      '[0.3.0]: https://example.com/o/r/compare/v0.2.0...v0.3.0',
      '[0.2.0]: https://example.com/o/r/compare/v0.1.0...v0.2.0',
      '[0.1.0]: https://example.com/o/r/releases/tag/v0.1.0',
    ]);
  });

  it('has its first release', () => {
    const first = '## 1.0.0 (2026-01-02)\n\n### Features\n\n* begin';
    expect(insertSection('## [Unreleased]\n### Added\n- Initial release\n', first)).toBe(
      '## [Unreleased]\n\n## [1.0.0] - 2026-01-02\n\n### Added\n- Initial release\n- begin\n',
    );
    const linked = '# Log\n\n## [Unreleased]\n\n[unreleased]: https://example.com/o/r\n';
    expect(insertSection(linked, first)).toBe(
      '# Log\n\n## [Unreleased]\n\n## [1.0.0] - 2026-01-02\n\n### Added\n\n- begin\n\n[unreleased]: https://example.com/o/r\n',
    );
  });

  it.each([
    ['no brackets', '# Log\n\n## 0.1.0 - 2025-01-01\n', '# Log\n\n## 0.2.0 - 2026-01-02\n'],
    ['no links', '# Log\n\n## [0.1.0] - 2025-01-01\n', '# Log\n\n## [0.2.0] - 2026-01-02\n'],
    ['stars', '# Log\n\n## 0.1.0 - 2025-01-01\n\n* old\n', '# Log\n\n## 0.2.0 - 2026-01-02\n\n### Added\n\n* **ui:**'],
    ['a yanked release', '## [0.1.0] - 2025-01-01 [YANKED]\n', '## [0.2.0] - 2026-01-02\n'],
  ])('may have %s', (_what, before, start) => expect(insertSection(before, SECTION).startsWith(start)).toBe(true));

  it('gets a link of its own where others have one and none leads to what is unreleased', () => {
    const [, links] = insertSection('## [0.1.0] - 2025-01-01\n\n[0.1.0]: https://x.example/1\n', SECTION).split(
      '\n\n[',
    );
    expect(links).toBe('0.2.0]: https://example.com/o/r/compare/v0.1.0...v0.2.0\n[0.1.0]: https://x.example/1\n');
  });

  it('keeps a link to what is unreleased that leads elsewhere', () => {
    const link = '[unreleased]: https://example.com/o/r/commits/develop';
    expect(insertSection(`## [0.1.0] - 2025-01-01\n\n${link}\n`, SECTION)).toContain(link);
  });

  it('drops headings that nothing was written below', () => {
    const waiting =
      '## [Unreleased]\n\n### Added\n\n### Changed\n\n### Fixed\n\n- by hand\n\n## [0.1.0] - 2025-01-01\n';
    const text = insertSection(waiting, SECTION);
    expect(text).not.toContain('### Changed');
    expect(text).toContain('### Added\n\n- **ui:** big buttons a1b2c3d\n\n### Fixed\n\n- by hand\n- small bug');
  });

  it('is no file whose headings are otherwise, even if something unreleased stands in it', () => {
    const other = '## [Unreleased]\n\n- by hand\n\n## [0.1.0](https://x.example) (2025-01-01)\n';
    expect(insertSection(other, SECTION)).toContain(
      '\n\n## [0.2.0](https://example.com/o/r/compare/v0.1.0...v0.2.0) (',
    );
  });

  it('is read with the links of a section', () => {
    expect(readSection(EXTENDED, '0.2.0')).toMatch(
      /^## \[0\.2\.0\] - 2026-01-02\n\n### Added[\s\S]*\n\n\[0\.2\.0\]: \S+$/,
    );
    expect(readSection(EXTENDED, '0.1.0')).toBe(
      '## [0.1.0] - 2025-01-01\n\n### Fixed\n\n- old\n\n[0.1.0]: https://example.com/o/r/releases/tag/v0.1.0',
    );
  });
});

it('where branches meet, what is unreleased begins behind the higher release', () => {
  const side = (tag: string) => Buffer.from(`x\n[unreleased]: https://example.com/o/r/compare/${tag}...HEAD\ny\n`);
  const align = (ours: string, theirs: string) => {
    const { base, ...sides } = alignUnreleased({ base: side('v0.1.0'), ours: side(ours), theirs: side(theirs) });
    return [base, sides.ours, sides.theirs].map(String);
  };
  expect(align('v0.10.0', 'v0.9.1')).toEqual(Array(3).fill(String(side('v0.10.0'))));
  expect(align('v0.2.0-beta.1', 'v0.2.0')).toEqual(Array(3).fill(String(side('v0.2.0'))));
  expect(align('somewhere', 'v0.2.0')).toEqual([side('v0.1.0'), side('somewhere'), side('v0.2.0')].map(String));
});
