import { EXIT, Problem } from '../core/problem.ts';
import type { Git } from '../io/ports.ts';
import type { TreeEntry } from './facts.ts';
import type { ReleaseDetails, ReleaseObjects } from './plan-types.ts';
import { writeTree } from './write-tree.ts';

/**
 * Makes the release's commits and tag in the object store, where nothing points at them yet: the graph that
 * `git flow release start` and `finish` would leave.
 * @throws Problem `merge-conflict` when main and develop cannot be merged; no branch has moved then.
 */
export async function buildObjects(
  git: Git,
  details: ReleaseDetails,
  tree: readonly TreeEntry[],
): Promise<ReleaseObjects> {
  const { main, develop, messages, tag } = details;
  const blobs = await Promise.all(
    details.edits.map(async ({ path, contentBase64 }) => {
      const input = Buffer.from(contentBase64, 'base64');
      const id = (await git.run(['hash-object', '-w', '--stdin'], { input })).trim();
      return { path, id };
    }),
  );
  const releaseTree = await writeTree(git, tree, blobs);
  const release = await commit(git, details, releaseTree, [develop.id], messages.commit);
  const mainTree = details.mainInDevelop ? releaseTree : await mergedTree(git, main, { name: tag, id: release });
  const merge = await commit(git, details, mainTree, [main.id, release], messages.toMain);
  const tagObject = await annotatedTag(git, details, merge);
  // develop has only what the release commit is built on, so merging main back brings exactly main's contents.
  const back = await commit(git, details, mainTree, [develop.id, merge], messages.toDevelop);
  return { release, main: merge, tag: tagObject, develop: back };
}

async function commit(
  git: Git,
  { identity }: ReleaseDetails,
  tree: string,
  parents: readonly string[],
  message: string,
): Promise<string> {
  const args = ['commit-tree', tree, ...parents.flatMap((parent) => ['-p', parent]), '-m', message];
  const env = { GIT_AUTHOR_DATE: `@${identity.when}`, GIT_COMMITTER_DATE: `@${identity.when}` };
  return (await git.run(args, { env })).trim();
}

async function annotatedTag(git: Git, { identity, tag, messages }: ReleaseDetails, target: string): Promise<string> {
  const lines = [
    `object ${target}`,
    'type commit',
    `tag ${tag}`,
    `tagger ${identity.who} ${identity.when}`,
    '',
    messages.tag,
    '',
  ];
  return (await git.run(['mktag'], { input: lines.join('\n') })).trim();
}

async function mergedTree(
  git: Git,
  ours: { name: string; id: string },
  theirs: { name: string; id: string },
): Promise<string> {
  const merge = await git.try(['merge-tree', '--write-tree', '--name-only', '--no-messages', '-z', ours.id, theirs.id]);
  const [tree, ...conflicts] = merge.stdout.split('\0').filter((part) => part !== '');
  if (merge.exitCode === 0 && tree !== undefined) return tree;
  const branch = ours.name.replace('refs/heads/', '');
  if (merge.exitCode === 1) {
    throw new Problem({
      code: 'merge-conflict',
      what: `develop does not merge into ${branch}`,
      why: `both changed: ${[...new Set(conflicts)].join(', ')}`,
      fix: `git switch develop && git merge ${branch}, resolve, commit, then release again`,
      exit: EXIT.refused,
    });
  }
  throw new Problem({
    code: 'merge-failed',
    what: `git could not merge develop into ${branch}`,
    why: merge.stderr.trim(),
    fix: 'git --version must be 2.38 or newer',
    exit: EXIT.refused,
  });
}
