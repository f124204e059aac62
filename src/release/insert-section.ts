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
  const lines = scan(text);
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
const ITEM = /^\s*[-*+]\s/;
const VERSION = /^(\[|v|version |release )*\d+\.\d+/i;

interface Line {
  readonly start: number;
  /** Behind the line's text, before its newline. */
  readonly end: number;
  /** Without the marks of a heading. */
  readonly text: string;
  /** Depth of a heading, 0 for any other line. */
  readonly level: number;
  readonly isItem: boolean;
}

/** The lines of a Markdown file; what is inside a code fence is no heading (CommonMark 4.5). */
function scan(text: string): readonly Line[] {
  const lines: Line[] = [];
  let fence: string | undefined;
  let start = 0;
  for (const raw of text.split('\n')) {
    const line = raw.replace(/\r$/, '');
    const end = start + line.length;
    const mark = /^ {0,3}(`{3,}|~{3,})/.exec(line)?.[1];
    if (fence === undefined) {
      const [, hashes = '', title = ''] = /^ {0,3}(#{1,6})[ \t]+(.*)$/.exec(line) ?? [];
      lines.push({
        start,
        end,
        text: hashes === '' ? line.trim() : title,
        level: hashes.length,
        isItem: ITEM.test(line),
      });
      markUnderlined(lines, line);
      fence = mark;
    } else if (mark?.startsWith(fence)) {
      fence = undefined;
    }
    start += raw.length + 1;
  }
  return lines;
}

/** A line of `===` or `---` makes a heading of the line above it, when that line is text (CommonMark 4.3). */
function markUnderlined(lines: Line[], line: string): void {
  const underline = /^ {0,3}(=+|-+)[ \t]*$/.exec(line)?.[1];
  const above = lines.at(-2);
  if (underline === undefined || above === undefined || above.level > 0 || above.isItem || above.text === '') return;
  lines[lines.length - 2] = { ...above, level: underline.startsWith('=') ? 1 : 2 };
}

/** The generated section with its headings as deep as those of the file. */
function atLevel(section: string, level: number): string {
  return section.replace(/^#+(?= )/gm, (hashes) => '#'.repeat(Math.min(6, hashes.length + level - 2)));
}
