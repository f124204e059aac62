import type { ReleaseConfig } from '../config/schema.ts';
import { versionOfTag } from '../core/tag-name.ts';
import { isLower, isPreRelease } from '../core/version.ts';
import type { Git } from '../io/ports.ts';
import { changelogSection } from './changelog.ts';
import { parseCommits } from './commits.ts';
import type { Ref } from './facts.ts';
import { hostedRepository } from './hosting.ts';
import { lookAtFiles } from './look-files.ts';
import { lookAtHistory } from './look-history.ts';
import { lookAtSettings } from './look-settings.ts';
import { readSection } from './read-section.ts';
import { parseTree } from './tree.ts';

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
  const name = `refs/tags/${tag}`;
  const version = versionOfTag(config.tag, tag);
  if (!refs.has(name) || version === undefined) return undefined;
  const tree = parseTree(await git.run(['ls-tree', '-r', '-t', '-z', '--full-tree', name]));
  const { changelog } = await lookAtFiles(git, tree, config, []);
  const written = changelog?.bytes === undefined ? undefined : readSection(changelog.bytes.toString('utf8'), version);
  return written ?? madeNotes(git, refs, config, { name, tag, version });
}

async function madeNotes(
  git: Git,
  refs: ReadonlyMap<string, Ref>,
  config: ReleaseConfig,
  { name, tag, version }: { name: string; tag: string; version: string },
): Promise<string> {
  const { commit } = refs.get(name) ?? { commit: name };
  const earlier = [...refs].filter(([other]) => {
    const before = versionOfTag(config.tag, other.replace(/^refs\/tags\//, ''));
    return before !== undefined && isLower(before, version);
  });
  const known = new Map([...earlier, [commit, { name: commit, id: commit, commit, worktree: undefined }]]);
  const [{ commits, lastRelease }, { remoteUrl }, date] = await Promise.all([
    lookAtHistory(git, known, commit, '', config.tag, isPreRelease(version)),
    lookAtSettings(git, config.remote),
    git.run(['log', '-1', '--no-show-signature', '--format=%cs', name]),
  ]);
  const hosted = remoteUrl === undefined ? undefined : hostedRepository(remoteUrl);
  const facts = { version, date: date.trim(), commits: parseCommits(commits), tag, hosted };
  return changelogSection({ ...facts, previousTag: lastRelease?.tag });
}
