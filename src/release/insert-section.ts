import { keepSection, keptStyle } from './keep-a-changelog.ts';
import { linkRelease, linksAtEnd } from './link-definitions.ts';
import { isRelease, markdownLines } from './markdown-lines.ts';

/**
 * Puts a section above the newest one, at its level of heading; every other byte of the file stays. What was written by
 * hand under `[Unreleased]` moves into the new section, and the empty heading stays for the next release. A file kept
 * by keepachangelog.com gets the section in that style, with the links that it has of its releases.
 */
export function insertSection(existing: string | undefined, section: string): string {
  if (existing === undefined || existing.trim() === '') return `# Changelog\n\n${section}\n`;
  const newline = existing.includes('\r\n') ? '\r\n' : '\n';
  const { before, handWritten, after, level, newest, unreleased } = splitAtNewest(existing);
  const style = level === 2 ? keptStyle(existing, newest, unreleased) : undefined;
  const kept = style && keepSection(section, handWritten.replaceAll('\r\n', '\n'), style);
  const written = kept?.section ?? withHandWritten(atLevel(section, level), handWritten);
  const inserted = written.replace(/\r?\n/g, newline);
  const blankLine = before === '' ? '' : newline.repeat(2);
  const text = `${before.trimEnd()}${blankLine}${inserted}${newline}${after === '' ? '' : newline + after}`;
  if (kept === undefined || !style?.bracketed) return text;
  return linkRelease(text, kept.version, { newest: /\d+\.\d+[\w.+-]*/.exec(newest ?? '')?.[0], url: kept.url });
}

function withHandWritten(section: string, handWritten: string): string {
  const [heading = '', ...generated] = section.split('\n');
  return [heading, handWritten, generated.join('\n').trim()].filter((part) => part !== '').join('\n\n');
}

interface Split {
  /** Title, preamble and the `[Unreleased]` heading. */
  readonly before: string;
  /** What stood under `[Unreleased]`. */
  readonly handWritten: string;
  /** The newest released section and all below it. */
  readonly after: string;
  /** How deep the headings of releases are, 2 for `##`. */
  readonly level: number;
  /** Headings, without their marks, of the newest release and of what is not released. */
  readonly newest: string | undefined;
  readonly unreleased: string | undefined;
}

function splitAtNewest(text: string): Split {
  const lines = markdownLines(text);
  const headings = lines.filter((line) => line.level > 0);
  const unreleased = headings.find((line) => UNRELEASED.test(line.text));
  const releases = headings.filter((line) => line !== unreleased && (isRelease(line) || line.level === 2));
  const newest = releases.find((line) => unreleased === undefined || line.start > unreleased.start);
  // Where patches have deeper headings than others, all of them are as deep as those.
  const level = releases.some((line) => line.level === 2 && isRelease(line))
    ? 2
    : (newest?.level ?? unreleased?.level ?? 2);
  const names = { newest: newest?.text, unreleased: unreleased?.text };
  if (unreleased !== undefined) {
    const end = newest?.start ?? linksAtEnd(text);
    const handWritten = text.slice(unreleased.end, end).trim();
    return { before: text.slice(0, unreleased.end), handWritten, after: text.slice(end), level, ...names };
  }
  // Without any release yet, what is listed below the title is older than what is added.
  const first = newest ?? lines.find((line) => line.isItem);
  const start = first?.start ?? text.length;
  return { before: text.slice(0, start), handWritten: '', after: text.slice(start), level, ...names };
}

const UNRELEASED = /^\[?unreleased\]?/i;

/** The generated section with its headings as deep as those of the file. */
function atLevel(section: string, level: number): string {
  return section.replace(/^#+(?= )/gm, (hashes) => '#'.repeat(Math.min(6, hashes.length + level - 2)));
}
