import createPreset from 'conventional-changelog-conventionalcommits';
import { writeChangelogString } from 'conventional-changelog-writer';
import type { ParsedCommit } from './commits.ts';
import type { HostedRepository } from './hosting.ts';

export interface SectionFacts {
  readonly version: string;
  /** `YYYY-MM-DD` */
  readonly date: string;
  readonly commits: readonly ParsedCommit[];
  readonly tag: string;
  readonly previousTag: string | undefined;
  /** Links are written only for a site whose pages are known. */
  readonly hosted: HostedRepository | undefined;
}

/** The section of one release, by conventional-changelog's writer. Ends without an empty line. */
export async function changelogSection({
  version,
  date,
  commits,
  tag,
  previousTag,
  hosted,
}: SectionFacts): Promise<string> {
  const { writer } = createPreset(hosted === undefined ? {} : linkFormats(hosted));
  const context = {
    version,
    date,
    currentTag: tag,
    ...(previousTag === undefined ? {} : { previousTag }),
    ...(hosted === undefined ? {} : { host: hosted.host, owner: hosted.owner, repository: hosted.repository }),
    linkReferences: hosted !== undefined,
    linkCompare: hosted !== undefined && previousTag !== undefined,
  };
  const transform: NonNullable<typeof writer.transform> = async (commit, finalContext, options) => {
    const transformed = await writer.transform?.(commit, finalContext, options);
    // Without a known site the preset links to "undefined/…"; the subject is then taken as written.
    if (hosted !== undefined || transformed == null) return transformed ?? null;
    return { ...transformed, ...('subject' in commit ? { subject: commit.subject } : {}) };
  };
  const text = await writeChangelogString([...commits], context, { ...writer, transform });
  return text.trim();
}

function linkFormats({ infix }: HostedRepository): Record<string, string> {
  const base = `{{host}}/{{owner}}/{{repository}}${infix}`;
  return {
    issueUrlFormat: `${base}/issues/{{id}}`,
    commitUrlFormat: `${base}/commit/{{hash}}`,
    compareUrlFormat: `${base}/compare/{{previousTag}}...{{currentTag}}`,
  };
}

const UNRELEASED = /^##[ \t]+\[?unreleased\]?.*$/im;
const SECTION_START = /^##[ \t]/m;

/**
 * Puts a section above the newest one; every other byte of the file stays. What was written by hand under
 * `[Unreleased]` moves into the new section, and the empty heading stays for the next release.
 */
export function insertSection(existing: string | undefined, section: string): string {
  if (existing === undefined || existing.trim() === '') return `# Changelog\n\n${section}\n`;
  const newline = existing.includes('\r\n') ? '\r\n' : '\n';
  const { before, handWritten, after } = splitAtNewest(existing);
  const [heading = '', ...generated] = section.split('\n');
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
}

function splitAtNewest(text: string): Split {
  const unreleased = UNRELEASED.exec(text);
  const bodyStart = unreleased === null ? 0 : unreleased.index + unreleased[0].length;
  const sectionOffset = SECTION_START.exec(text.slice(bodyStart))?.index;
  const afterStart = sectionOffset === undefined ? text.length : bodyStart + sectionOffset;
  if (unreleased === null) return { before: text.slice(0, afterStart), handWritten: '', after: text.slice(afterStart) };
  return {
    before: text.slice(0, bodyStart),
    handWritten: text.slice(bodyStart, afterStart).trim(),
    after: text.slice(afterStart),
  };
}
