import { formatFor, readTag } from '../core/tag-name.ts';
import type { Git } from '../io/ports.ts';
import type { History, Ref } from './facts.ts';
import { type FileCommit, logWithFiles, reachableFrom } from './file-log.ts';
import { type Candidate, containedTags, newestRelease } from './look-history.ts';
import { folderOf, ownerOf } from './package-folder.ts';
import { isReleaseMessage } from './release-message.ts';

/** A package, as histories are told apart by it. */
export interface NamedPackage {
  /** Of its pubspec. */
  readonly path: string;
  readonly name: string;
}

export interface PackagesRequest {
  /** Full name of a branch, or a commit. */
  readonly line: string;
  readonly main: string;
  readonly tagFormat: string;
  readonly preReleasesCount: boolean;
  /** All there are, which tells whose a file is. */
  readonly packages: readonly NamedPackage[];
  /** Those that are asked about, where not all of them. */
  readonly wanted?: readonly NamedPackage[];
}

export interface PackageHistories {
  /** By the path of the pubspec. */
  readonly histories: ReadonlyMap<string, History>;
  /** What is in the line and not in the last release of every package, whether a package holds it or none. */
  readonly commits: History['commits'];
  readonly mainInLine: boolean;
}

/**
 * Of each package its own last release in the line, and the commits since then that changed a file of its own. One walk
 * serves all that were released before, another those that never were; a commit that a release made counts for none.
 */
export async function lookAtPackages(
  git: Git,
  refs: ReadonlyMap<string, Ref>,
  { line, main, tagFormat, preReleasesCount, packages, wanted = packages }: PackagesRequest,
): Promise<PackageHistories> {
  const tip = refs.get(line)?.commit;
  if (tip === undefined) return { histories: new Map(), commits: [], mainInLine: false };
  const newest = (known: readonly Ref[]) =>
    new Map(wanted.map(({ path, name }) => [path, newestRelease(known, formatFor(tagFormat, name), preReleasesCount)]));
  const walk =
    (await walkSince(git, tip, newest([...refs.values()]))) ??
    // A release the line does not contain, such as a hotfix not merged back yet: git tells which ones it does.
    (await walkSince(git, tip, newest(await containedTags(git, refs, tip))));
  if (walk === undefined) throw new Error(`git names releases in ${line} that are not in it`);

  const unreleased = wanted
    .filter(({ path }) => walk.releases.get(path) === undefined)
    .map(({ path }) => folderOf(path));
  const ever = unreleased.length === 0 ? [] : await logWithFiles(git, [tip], unreleased);
  const made = madeByReleases(refs, tagFormat);
  const owners = packages.map(({ path }) => path);
  const histories = wanted.map(({ path }): [string, History] => {
    const lastRelease = walk.releases.get(path);
    const commits = lastRelease === undefined ? ever : walk.since(lastRelease);
    const own = commits.filter((one) => !made(one) && one.files.some((file) => ownerOf(file, owners) === path));
    return [path, { commits: own, lastRelease }];
  });
  const mainTip = refs.get(main)?.commit;
  const mainInLine = mainTip !== undefined && (walk.has(mainTip) || (await git.isAncestor(mainTip, tip)));
  const commits = [...new Map([...walk.fresh, ...ever].map((one) => [one.hash, one])).values()];
  return { histories: new Map(histories), commits, mainInLine };
}

interface Walk {
  /** The last release of each package, by the path of its pubspec. */
  readonly releases: ReadonlyMap<string, Candidate | undefined>;
  /** Whether the line is known to hold the commit. */
  readonly has: (commit: string) => boolean;
  /** Without merges, newest first. */
  readonly since: (release: Candidate) => readonly FileCommit[];
  /** The same of all releases together. */
  readonly fresh: readonly FileCommit[];
}

/** Undefined when one of the releases is not in the line. */
async function walkSince(
  git: Git,
  tip: string,
  releases: ReadonlyMap<string, Candidate | undefined>,
): Promise<Walk | undefined> {
  const tags = [...new Set([...releases.values()].flatMap((release) => release?.commit ?? []))];
  if (tags.length === 0) return { releases, has: () => false, since: () => [], fresh: [] };
  // In all of them and in the line: nothing before it is in question.
  const base = await git.try(['merge-base', '--octopus', tip, ...tags]);
  const before = base.exitCode === 0 ? [`^${base.stdout.trim()}`] : [];
  const listed = await logWithFiles(git, [tip, ...tags, ...before]);
  const commits = new Map(listed.map((commit) => [commit.hash, commit]));
  const line = reachableFrom(tip, commits);
  if (tags.some((tag) => commits.has(tag) && !line.has(tag))) return undefined;
  const inLine = listed.filter(({ hash, parents }) => line.has(hash) && parents.length < 2);
  const released = new Map(tags.map((tag) => [tag, reachableFrom(tag, commits)]));
  return {
    releases,
    has: (commit) => line.has(commit),
    since: ({ commit }) => inLine.filter(({ hash }) => !released.get(commit)?.has(hash)),
    fresh: inLine.filter(({ hash }) => tags.some((tag) => !released.get(tag)?.has(hash))),
  };
}

/** The version commit of a pre-release is what its tag names; it changes packages, but nothing about them. */
function madeByReleases(refs: ReadonlyMap<string, Ref>, format: string): (commit: FileCommit) => boolean {
  const tagged = new Set(
    [...refs.values()].flatMap(({ name, commit }) =>
      name.startsWith('refs/tags/') && readTag(format, name.slice('refs/tags/'.length)) !== undefined ? [commit] : [],
    ),
  );
  return ({ hash, message }) => tagged.has(hash) && isReleaseMessage(message);
}
