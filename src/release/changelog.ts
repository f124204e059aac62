import { writeChangelogString } from 'conventional-changelog-writer';
import { presetWriter } from './changelog-preset.ts';
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
  /** What is released with it and it is built from, as `core 1.3.0`. */
  readonly needs?: readonly string[];
}

/** The section of one release, by conventional-changelog's writer. Ends without an empty line. */
export async function changelogSection({
  version,
  date,
  commits,
  tag,
  previousTag,
  hosted,
  needs = [],
}: SectionFacts): Promise<string> {
  const writer = presetWriter(hosted?.infix ?? '');
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
  const built = needs.length === 0 ? '' : `\n\n### Dependencies\n\n${needs.map((need) => `* ${need}`).join('\n')}`;
  return `${text.trim()}${built}`;
}
