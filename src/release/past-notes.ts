import type { ReleaseConfig } from '../config/schema.ts';
import { readTag, type TaggedVersion } from '../core/tag-name.ts';
import { isLower, isPreRelease } from '../core/version.ts';
import type { Git } from '../io/ports.ts';
import { changelogSection } from './changelog.ts';
import { parseCommits } from './commits.ts';
import type { ChangelogFile, History, Ref } from './facts.ts';
import { hostedRepository } from './hosting.ts';
import { lookAtHistory } from './look-history.ts';
import { lookAtPackages, type NamedPackage } from './look-packages.ts';
import { lookAtSettings } from './look-settings.ts';
import { packagesAt } from './packages-at.ts';
import { readSection } from './read-section.ts';

/**
 * The notes of a release that has its tag: the section that the tagged changelog has, or one made from the commits since
 * the release before it. Undefined when there is no such tag here.
 */
export async function pastNotes(
  git: Git,
  refs: ReadonlyMap<string, Ref>,
  config: ReleaseConfig,
  tag: string,
): Promise<string | undefined> {
  const ref = refs.get(`refs/tags/${tag}`);
  const release = readTag(config.tag, tag);
  if (ref === undefined || release === undefined) return undefined;
  const { packages, changelog, changelogs } = await packagesAt(git, ref.commit, config);
  const own = packages.find(({ name }) => name === release.name);
  const file: ChangelogFile | undefined = own === undefined ? changelog : changelogs.get(own.path);
  const written = file?.bytes === undefined ? undefined : readSection(file.bytes.toString('utf8'), release.version);
  return written ?? madeNotes(git, refs, config, { tag, ref, ...release, packages, own });
}

interface TaggedRelease extends TaggedVersion {
  readonly tag: string;
  readonly ref: Ref;
  /** Of the repository at that commit. */
  readonly packages: readonly NamedPackage[];
  /** The one that is tagged, where packages have each their own tags. */
  readonly own: NamedPackage | undefined;
}

async function madeNotes(
  git: Git,
  refs: ReadonlyMap<string, Ref>,
  config: ReleaseConfig,
  release: TaggedRelease,
): Promise<string> {
  const { version, tag, ref } = release;
  const [{ commits, lastRelease }, { remoteUrl }, date] = await Promise.all([
    historyOf(git, refs, config, release),
    lookAtSettings(git, config.remote),
    git.run(['log', '-1', '--no-show-signature', '--format=%cs', ref.commit]),
  ]);
  const hosted = remoteUrl === undefined ? undefined : hostedRepository(remoteUrl);
  const facts = { version, date: date.trim(), commits: parseCommits(commits), tag, hosted };
  return changelogSection({ ...facts, previousTag: lastRelease?.tag });
}

/** What came up to this release since the one before. */
async function historyOf(
  git: Git,
  refs: ReadonlyMap<string, Ref>,
  { tag: tagFormat }: ReleaseConfig,
  { name, version, ref: { commit }, packages, own }: TaggedRelease,
): Promise<History> {
  const earlier = [...refs].filter(([other]) => {
    const before = readTag(tagFormat, other.replace(/^refs\/tags\//, ''));
    return before !== undefined && before.name === name && isLower(before.version, version);
  });
  const known = new Map([...earlier, [commit, { name: commit, id: commit, commit, worktree: undefined }]]);
  const preReleasesCount = isPreRelease(version);
  if (own === undefined) return lookAtHistory(git, known, commit, '', tagFormat, preReleasesCount);
  const request = { line: commit, main: '', tagFormat, preReleasesCount, packages, wanted: [own] };
  const { histories } = await lookAtPackages(git, known, request);
  return histories.get(own.path) ?? { commits: [], lastRelease: undefined };
}
