import { Problem } from '../../core/problem.ts';
import type { Files, GitHub, GitHubRelease } from '../../io/ports.ts';
import { planGitHubRelease, type WantedRelease } from './plan-release.ts';

/** What became of it. */
export interface MadeRelease {
  readonly url: string;
  /** Names of files that were published with other contents before, and stay. */
  readonly kept: readonly string[];
}

/** A request that was lost may have been heard: what is there is looked at again, and only the rest is done. */
const ROUNDS = 2;
const WORTH_ANOTHER: readonly string[] = ['github-unreachable', 'github-refused'];

/**
 * Makes the GitHub release of a published tag, or completes it: a draft, its files, then all of it visible at once.
 * @throws Problem, those of GitHub; the same call again goes on where it stopped
 */
export async function makeGitHubRelease(
  site: GitHub,
  files: Pick<Files, 'readBytes'>,
  wanted: WantedRelease,
): Promise<MadeRelease> {
  for (let round = 1; ; round += 1) {
    try {
      return await goOn(site, files, wanted);
    } catch (error) {
      const again = error instanceof Problem && WORTH_ANOTHER.includes(error.code);
      if (!again || round === ROUNDS) throw error;
    }
  }
}

async function goOn(site: GitHub, files: Pick<Files, 'readBytes'>, wanted: WantedRelease): Promise<MadeRelease> {
  const { tag, notes, preRelease } = wanted;
  const found = await site.releaseOf(tag);
  const plan = planGitHubRelease(wanted, found);
  const release = found ?? (await site.createDraft({ tag, notes: notes.slice(0, LONGEST), preRelease }));
  for (const { id } of plan.remove) await site.deleteAsset(id);
  for (const { path, name } of plan.upload) {
    const content = await files.readBytes(path);
    if (content !== undefined) await site.upload(release, name, content);
  }
  const { url }: GitHubRelease = plan.publish ? await site.publishRelease(release.id) : release;
  return { url, kept: plan.kept };
}

/** GitHub takes 125,000 characters. */
const LONGEST = 120_000;
