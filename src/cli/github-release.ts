import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { EXIT, Problem } from '../core/problem.ts';
import { shellQuote } from '../core/shell-quote.ts';
import { isPreRelease } from '../core/version.ts';
import { withoutPassword } from '../core/without-password.ts';
import type { GitHub } from '../io/ports.ts';
import { type MadeRelease, makeGitHubRelease } from '../release/github/make-release.ts';
import type { AssetFile, WantedRelease } from '../release/github/plan-release.ts';
import type { ReleaseTag } from '../release/plan-types.ts';
import { lookAtPushTarget } from '../release/push-target.ts';
import type { Context } from './command.ts';
import { githubSite } from './github-site.ts';
import { ownAssets } from './own-assets.ts';
import type { ReleaseWorkshop } from './release-workshop.ts';
import { printable } from './render.ts';

type Tag = Pick<ReleaseTag, 'name' | 'version' | 'notes'>;

/** One tag's release on GitHub, or why there is none yet. */
export interface GitHubOutcome {
  readonly tag: string;
  readonly url?: string;
  readonly failed?: string;
}

/**
 * Makes the GitHub releases of tags that were just published, where they are configured. The release itself is out: one
 * that fails is a warning with the command that repeats it.
 */
export async function followOnGitHub(
  context: Context,
  workshop: ReleaseWorkshop,
  tags: readonly Tag[],
): Promise<readonly GitHubOutcome[]> {
  const { terminal } = context;
  if (!workshop.config.github.release) return [];
  const outcomes: GitHubOutcome[] = [];
  // GitHub calls the one that is made last the latest: that is to be what names the release.
  for (const tag of [...tags].reverse()) {
    try {
      const { url } = await releaseOnGitHub(context, workshop, tag);
      outcomes.unshift({ tag: tag.name, url });
    } catch (error) {
      const failed = error instanceof Problem ? [error.what, error.why ?? ''].join(': ') : String(error);
      terminal.err(`  ! ${tag.name} is no GitHub release yet: ${printable(failed)}\n`);
      terminal.err(`    next: tagship release publish ${shellQuote(tag.name)}\n`);
      outcomes.unshift({ tag: tag.name, failed });
    }
  }
  return outcomes;
}

/** @throws Problem `not-on-github`, `asset-twice`, `github-token-missing`, and those of GitHub */
export async function releaseOnGitHub(
  { terminal }: Context,
  workshop: ReleaseWorkshop,
  tag: Tag,
): Promise<MadeRelease> {
  const { site, wanted } = await lookForGitHub(workshop, tag);
  const { assets } = workshop.config.github;
  if (assets.length > 0 && wanted.files.length === 0)
    terminal.err(`  ! no file matches github.assets: ${printable(assets.join(', '))}\n`);
  const made = await makeGitHubRelease(site, workshop.ports.files, wanted);
  terminal.err(`  on GitHub${wanted.draft ? ', a draft' : ''}: ${made.url}\n`);
  for (const name of made.kept)
    terminal.err(`  ! ${printable(name)} was published with other contents before, and stays\n`);
  return made;
}

/** What a tag's GitHub release is to be, and where it goes. Changes nothing. @throws Problem as {@link releaseOnGitHub} */
export async function lookForGitHub(
  workshop: ReleaseWorkshop,
  { name, version, notes }: Tag,
): Promise<{ readonly site: GitHub; readonly wanted: WantedRelease }> {
  const { ports, config, location } = workshop;
  const site = await githubSite(workshop);
  if (site === undefined) throw await notOnGitHub(workshop);
  const paths = await ownAssets(ports.git, location.root, config, name);
  const files: AssetFile[] = [];
  for (const path of paths) files.push(assetOf(path, await ports.files.readBytes(path)));
  refuseTwice(files);
  const { draft } = config.github;
  return { site, wanted: { tag: name, notes, preRelease: isPreRelease(version), draft, files } };
}

/** Under a name that GitHub leaves as it is: it puts a dot for other characters, and the file would not be found again. */
function assetOf(path: string, content: Buffer = Buffer.alloc(0)): AssetFile {
  const name = basename(path)
    .replace(/[^A-Za-z0-9._+-]/g, '.')
    .replace(/^\.+|\.+$/g, '');
  const digest = `sha256:${createHash('sha256').update(content).digest('hex')}`;
  return { name: name === '' ? 'file' : name, path, size: content.length, digest };
}

function refuseTwice(files: readonly AssetFile[]): void {
  const twice = files.find(({ name }, index) => files.findIndex((other) => other.name === name) !== index);
  if (twice === undefined) return;
  throw new Problem({
    code: 'asset-twice',
    what: `two files of github.assets would both be named ${twice.name}`,
    why: files.flatMap(({ name, path }) => (name === twice.name ? [path] : [])).join('\n'),
    fix: 'rename one, or name fewer in tagship.yaml, then the same command again',
    exit: EXIT.refused,
  });
}

async function notOnGitHub({ ports, config }: ReleaseWorkshop): Promise<Problem> {
  const { urls } = await lookAtPushTarget(ports.git, config.release.remote);
  return new Problem({
    code: 'not-on-github',
    what: 'the repository is not known to be on GitHub',
    why: urls.map(withoutPassword).join('\n'),
    fix: 'name it in tagship.yaml: github: { repository: owner/name }, then the same command again',
    exit: EXIT.refused,
  });
}
