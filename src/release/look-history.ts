import { versionOfTag } from '../core/tag-name.ts';
import { isLower, isPreRelease } from '../core/version.ts';
import type { Git } from '../io/ports.ts';
import type { Ref, ReleaseFacts } from './facts.ts';

export type LineHistory = Pick<ReleaseFacts, 'commits' | 'lastRelease' | 'mainInLine'>;

/** A release by its tag. */
export interface Candidate {
  readonly tag: string;
  readonly version: string;
  readonly commit: string;
}

/**
 * The line's last release and what came since: a release's notes tell all since the release before, its own
 * pre-releases included; those of a pre-release only what is new since the one before.
 * Walks only as far back as that release, so a long history costs nothing.
 */
export async function lookAtHistory(
  git: Git,
  refs: ReadonlyMap<string, Ref>,
  line: string,
  mainName: string,
  tagFormat: string,
  preReleasesCount: boolean,
): Promise<LineHistory> {
  const tip = refs.get(line);
  if (tip === undefined) return { commits: [], lastRelease: undefined, mainInLine: false };
  const newest = newestRelease([...refs.values()], tagFormat, preReleasesCount);
  let found = await since(git, tip.commit, newest);
  // A release the line does not contain, such as a hotfix not merged back yet: git tells which ones it does.
  if (found === undefined)
    found = await since(
      git,
      tip.commit,
      newestRelease(await containedTags(git, refs, tip.commit), tagFormat, preReleasesCount),
    );
  const { commits, lastRelease, walked } = found ?? { commits: [], lastRelease: undefined, walked: new Set() };
  const main = refs.get(mainName)?.commit;
  const isSeen = main !== undefined && (main === lastRelease?.commit || walked.has(main));
  const mainInLine = isSeen || (main !== undefined && (await git.isAncestor(main, tip.commit)));
  return { commits, lastRelease, mainInLine };
}

/** The highest release among these tags. */
export function newestRelease(
  refs: readonly Ref[],
  tagFormat: string,
  preReleasesCount: boolean,
): Candidate | undefined {
  let best: Candidate | undefined;
  for (const { name, commit } of refs) {
    if (!name.startsWith('refs/tags/')) continue;
    const tag = name.slice('refs/tags/'.length);
    const version = versionOfTag(tagFormat, tag);
    if (version !== undefined && isPreRelease(version) && !preReleasesCount) continue;
    if (version !== undefined && (best === undefined || isLower(best.version, version)))
      best = { tag, version, commit };
  }
  return best;
}

interface Since extends Pick<LineHistory, 'commits'> {
  readonly lastRelease: Candidate | undefined;
  /** Every commit in the line and not in the release, merges too. */
  readonly walked: ReadonlySet<string>;
}

/** What came since the release; undefined when the release is not in the line. */
async function since(git: Git, tip: string, release: Candidate | undefined): Promise<Since | undefined> {
  const range = release === undefined ? tip : `${tip}...${release.commit}`;
  const output = await git.run([
    'log',
    '-z',
    '--no-show-signature',
    '--encoding=UTF-8',
    '--left-right',
    '--format=%m%H %P%n%B',
    range,
    '--',
  ]);
  const records = output.split('\0').filter((record) => record !== '');
  if (records.some((record) => record.startsWith('>')) && release !== undefined) return undefined;
  const logged = records.map((record) => {
    const [header = '', ...message] = record.split('\n');
    const [hash = '', ...parents] = header.slice(1).split(' ').filter(Boolean);
    return { hash, message: message.join('\n'), isMerge: parents.length > 1 };
  });
  const commits = logged.flatMap(({ hash, message, isMerge }) => (isMerge ? [] : [{ hash, message }]));
  return { commits, lastRelease: release, walked: new Set(logged.map(({ hash }) => hash)) };
}

/** The tags that are in the commit. */
export async function containedTags(git: Git, refs: ReadonlyMap<string, Ref>, commit: string): Promise<readonly Ref[]> {
  const output = await git.run(['for-each-ref', '--format=%(refname)', `--merged=${commit}`, 'refs/tags']);
  return output.split('\n').flatMap((name) => refs.get(name) ?? []);
}
