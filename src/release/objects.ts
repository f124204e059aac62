import { EXIT, Problem } from '../core/problem.ts';
import { annotatedTag } from './annotated-tag.ts';
import { quotedName, shortName } from './branches.ts';
import { type CommitPorts, commit } from './commit.ts';
import { draftObjects } from './draft/draft-objects.ts';
import { editTree } from './draft/edit-tree.ts';
import { mergeTrees } from './merge.ts';
import type { FileEdit, RefTip, ReleaseDetails, ReleaseObjects } from './plan-types.ts';
import type { ReleasePorts } from './ports.ts';
import { named, tagNames } from './tags.ts';

/** What makes objects: git, and those that it is given later. */
export type ObjectPorts = CommitPorts & Pick<ReleasePorts, 'files' | 'commonDir'>;

/**
 * Makes the release's commits and tag in the object store, where nothing points at them yet: the graph that
 * `git flow release finish` or `git flow hotfix finish` would leave.
 * @throws Problem `merge-conflict`, `merge-back-conflict`, `merge-failed`; no branch has moved then.
 */
export async function buildObjects(
  { git, files, commonDir }: Pick<ReleasePorts, 'git' | 'files' | 'commonDir'>,
  details: ReleaseDetails,
): Promise<ReleaseObjects> {
  const draft = draftObjects(git, details.line.id);
  const objects = await makeObjects({ git, files, commonDir, draft }, details);
  await draft.write();
  return objects;
}

async function makeObjects(ports: ObjectPorts, details: ReleaseDetails): Promise<ReleaseObjects> {
  const releaseTree = await applyEdits(ports, details.line.id, details.edits);
  const release = await commit(ports, details, releaseTree, [details.line.id], details.messages.commit);
  const { main } = details;
  if (main === undefined) {
    return { release, target: release, tags: await makeTags(ports, details, release), back: [], postponed: [] };
  }
  const mainTree = details.mainInLine ? releaseTree : await mergeIntoMain(ports, details, main, release);
  // The rest is made of what main's merge, wherever it happens, makes of it.
  if (details.github?.pullRequest?.stage === 'proposed') {
    return { release, target: release, tags: [], back: [], postponed: [] };
  }
  const target = await commit(ports, details, mainTree, [main.id, release], details.messages.toMain);
  const tags = await makeTags(ports, details, target);
  return { release, target, tags, ...(await mergesBack(ports, details, { target, tree: mainTree })) };
}

/** What is merged back, and where a merge of its contents begins. */
interface Merged {
  readonly target: string;
  readonly tree: string;
  /** Has the target's contents on the history that the branches know; the target itself where left out. */
  readonly contents?: string;
}

/** The merges back that can be made, and the branches that are left for later. @throws Problem `merge-back-conflict` */
export async function mergesBack(
  ports: ObjectPorts,
  details: ReleaseDetails,
  merged: Merged,
): Promise<Pick<ReleaseObjects, 'back' | 'postponed'>> {
  const merges = await Promise.all(details.back.map((branch) => mergeBack(ports, details, branch, merged)));
  const back = merges.flatMap(({ made }) => (made === undefined ? [] : [made]));
  return { back, postponed: merges.flatMap(({ postponed }) => postponed ?? []) };
}

export async function makeTags(
  ports: ObjectPorts,
  details: ReleaseDetails,
  target: string,
): Promise<readonly RefTip[]> {
  return Promise.all(
    details.tags.map(async (tag) => ({
      name: `refs/tags/${tag.name}`,
      id: await annotatedTag(ports, details, tag, target),
    })),
  );
}

/** Makes the tree of `base` with these files changed and returns its id. @throws Problem `tree-refused` */
export async function applyEdits(
  { git, draft }: CommitPorts,
  base: string,
  edits: readonly FileEdit[],
): Promise<string> {
  const contents = edits.map(({ path, contentBase64 }) => ({ path, bytes: Buffer.from(contentBase64, 'base64') }));
  return editTree(git, draft, base, contents);
}

async function mergeIntoMain(
  ports: ObjectPorts,
  details: ReleaseDetails,
  main: RefTip,
  release: string,
): Promise<string> {
  const merge = await mergeTrees(ports, main.id, release, details);
  if (merge.kind === 'merged') return merge.tree;
  const [line, target] = [shortName(details.line.name), shortName(main.name)];
  if (merge.kind === 'failed') throw mergeFailed(merge.why);
  throw new Problem({
    code: 'merge-conflict',
    what: `${line} does not merge into ${target}`,
    why: `both changed: ${merge.paths.join(', ')}`,
    fix: `git switch ${quotedName(details.line.name)} && git merge ${quotedName(main.name)}, resolve, commit, then run the same command again`,
    exit: EXIT.refused,
  });
}

interface MergeBack {
  readonly made?: RefTip;
  readonly postponed?: string;
}

async function mergeBack(
  ports: ObjectPorts,
  details: ReleaseDetails,
  branch: RefTip,
  { target, tree: mainTree, contents = target }: Merged,
): Promise<MergeBack> {
  const message = `Merge ${quotedTags(details)} into ${shortName(branch.name)}`;
  const made = async (tree: string) => ({
    made: { name: branch.name, id: await commit(ports, details, tree, [branch.id, target], message) },
  });
  // The release commit stands on this very branch: merging brings exactly main's contents.
  if (branch.id === details.line.id) return made(mainTree);
  const merge = await mergeTrees(ports, branch.id, contents, details);
  if (merge.kind === 'merged') return made(merge.tree);
  if (merge.kind === 'failed') throw mergeFailed(merge.why);
  if (details.mergeBack === 'later') return { postponed: branch.name };
  const name = shortName(branch.name);
  throw new Problem({
    code: 'merge-back-conflict',
    what: `${tagNames(details)} would not merge back into ${name}; nothing has changed`,
    why: `both changed: ${merge.paths.join(', ')}`,
    fix: `git switch ${quotedName(branch.name)} && git merge ${quotedName(details.line.name)}, resolve, commit, and run the same command again; or ship now and merge later: add --merge-back later`,
    exit: EXIT.refused,
  });
}

/** As git's own messages name what is merged. */
function quotedTags({ tags }: ReleaseDetails): string {
  const names = named(tags.map(({ name }) => `'${name}'`));
  return tags.length === 1 ? `tag ${names}` : `tags ${names}`;
}

function mergeFailed(why: string): Problem {
  return new Problem({
    code: 'merge-failed',
    what: 'git could not merge',
    why,
    fix: 'mend what git says (it has to be 2.38 or newer: git --version), then run the same command again',
    exit: EXIT.refused,
  });
}
