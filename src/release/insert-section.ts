import { markdownLines } from './markdown-lines.ts';

/**
 * Puts a section above the newest one, at its level of heading; every other byte of the file stays. What was written by
 * hand under `[Unreleased]` moves into the new section, and the empty heading stays for the next release.
 */
export function insertSection(existing: string | undefined, section: string): string {
  if (existing === undefined || existing.trim() === '') return `# Changelog\n\n${section}\n`;
  const newline = existing.includes('\r\n') ? '\r\n' : '\n';
  const { before, handWritten, after, level } = splitAtNewest(existing);
  const [heading = '', ...generated] = atLevel(section, level).split('\n');
  const written = [heading, handWritten, generated.join('\n').trim()].filter((part) => part !== '').join('\n\n');
  const inserted = written.replace(/\r?\n/g, newline);
  const blankLine = before === '' ? '' : newline.repeat(2);
  return `${before.trimEnd()}${blankLine}${inserted}${newline}${after === '' ? '' : newline + after}`;
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
}

function splitAtNewest(text: string): Split {
  const lines = markdownLines(text);
  const headings = lines.filter((line) => line.level > 0);
  const unreleased = headings.find((line) => UNRELEASED.test(line.text));
  const releases = headings.filter((line) => line !== unreleased && (VERSION.test(line.text) || line.level === 2));
  const newest = releases.find((line) => unreleased === undefined || line.start > unreleased.start);
  const level = newest?.level ?? unreleased?.level ?? 2;
  if (unreleased !== undefined) {
    const end = newest?.start ?? text.length;
    const handWritten = text.slice(unreleased.end, end).trim();
    return { before: text.slice(0, unreleased.end), handWritten, after: text.slice(end), level };
  }
  // Without any release yet, what is listed below the title is older than what is added.
  const first = newest ?? lines.find((line) => line.isItem);
  const start = first?.start ?? text.length;
  return { before: text.slice(0, start), handWritten: '', after: text.slice(start), level };
}

const UNRELEASED = /^\[?unreleased\]?/i;
const VERSION = /^(\[|v|version |release )*\d+\.\d+/i;

/** The generated section with its headings as deep as those of the file. */
function atLevel(section: string, level: number): string {
  return section.replace(/^#+(?= )/gm, (hashes) => '#'.repeat(Math.min(6, hashes.length + level - 2)));
}
