import { delimiter } from 'node:path';
import { Problem } from '../core/problem.ts';
import { openGit } from '../io/git.ts';
import { shortName } from '../release/branches.ts';
import { buildObjects } from '../release/objects.ts';
import type { ReleasePlan } from '../release/plan-types.ts';
import type { ReleasePorts } from '../release/ports.ts';

/**
 * What the real run would find out when it merges, by merging into a store of objects that is thrown away: nothing is
 * written to the repository.
 * @param cwd where the user stands: attributes of the files there have a say in merges
 */
export async function foreseeMerges(
  { git, files, commonDir }: Pick<ReleasePorts, 'git' | 'files' | 'commonDir'>,
  cwd: string,
  { details }: ReleasePlan,
): Promise<readonly string[]> {
  const objects = await git.run(['rev-parse', '--path-format=absolute', '--git-path', 'objects']);
  const { GIT_ALTERNATE_OBJECT_DIRECTORIES: others, ...environment } = process.env;
  const alternates = [quoted(objects.replace(/\n$/, '')), ...(others ? [others] : [])].join(delimiter);
  // Nobody is asked for a passphrase to look.
  const unsigned = { ...details, signing: { commits: false, tags: false } };
  return files.withTemporaryFolder(async (folder) => {
    const env = { ...environment, GIT_OBJECT_DIRECTORY: folder, GIT_ALTERNATE_OBJECT_DIRECTORIES: alternates };
    try {
      const { postponed } = await buildObjects({ git: openGit(cwd, env), files, commonDir }, unsigned);
      return postponed.map((name) => `the merge back into ${shortName(name)} conflicts and is left for later`);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      const { what, why, fix } = error;
      return [`this would be refused: ${[what, ...(why?.split('\n') ?? []), `next: ${fix}`].join('; ')}`];
    }
  });
}

/** A path that holds what parts the list is quoted (git(1), GIT_ALTERNATE_OBJECT_DIRECTORIES). */
const quoted = (path: string) => (/[:;"]/.test(path) ? `"${path.replace(/["\\]/g, '\\$&')}"` : path);
