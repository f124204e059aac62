import type { ReleaseConfig } from '../config/schema.ts';
import type { Plan } from '../core/plan.ts';
import { EXIT, Problem, refuseIfAny } from '../core/problem.ts';
import type { Git } from '../io/ports.ts';
import { branchNames, clashingBranch, quotedName, shortName } from './branches.ts';
import { headBranch } from './checked-out.ts';
import { commit } from './commit.ts';
import { decideUnits } from './decide-units.ts';
import { toldPackages, toldVersions } from './describe-steps.ts';
import { draftObjects } from './draft/draft-objects.ts';
import { planEdits } from './edits.ts';
import type { Ref, ReleaseFacts, Signing } from './facts.ts';
import { identityOf } from './identity.ts';
import { applyEdits } from './objects.ts';
import { releaseOpenRefusals } from './open-branches.ts';
import type { FileEdit, RefTip, ReleaseDetails, ReleasedPackage, ReleaseRequest } from './plan-types.ts';
import { releasedPackages } from './planned-units.ts';
import { repositoryRefusals, versionRefusals } from './refusals.ts';
import { beginMessage } from './release-message.ts';
import { named } from './tags.ts';
import { toldVersion } from './units.ts';

export interface StartDetails {
  /** What the branch is for, the one that names it first. */
  readonly packages: readonly ReleasedPackage[];
  /** Of the first. */
  readonly version: string;
  /** The release branch that is made. Full name. */
  readonly branch: string;
  readonly from: RefTip;
  readonly edits: readonly FileEdit[];
  /** Of the version commit; the changelog is written when the release is finished. */
  readonly message: string;
  readonly identity: ReleaseDetails['identity'];
  readonly signing: Signing;
}

export type StartPlan = Plan<'release-start', StartDetails>;

/**
 * Plans a release branch that lives until `release finish`.
 * @param uncommitted paths of edits that the switch takes along
 * @throws Problem, Refusals
 */
export function planStart(
  facts: ReleaseFacts,
  request: ReleaseRequest,
  config: ReleaseConfig,
  uncommitted: readonly string[],
  now: Date,
): StartPlan {
  refuseIfAny(repositoryRefusals(facts, config, request));
  const { released } = decideUnits(facts, request, config);
  const [{ version, tag }] = released;
  const branch = branchNames(config).release(tag);
  refuseIfAny([
    ...releaseOpenRefusals(facts, config).filter(() => !facts.refs.has(branch)),
    ...released.flatMap((unit) => versionRefusals(facts, request, unit, 'tagship release start')),
    ...branchTaken(facts, branch),
  ]);
  const unnoted = released.map((unit) => ({ unit, notes: undefined }));
  const { edits, units } = planEdits(facts, config, unnoted);
  const packages = units.flatMap(releasedPackages);
  const line = facts.refs.get(facts.line);
  // Nothing of it moves until the release is finished.
  const from = { name: facts.line, id: line?.id ?? '' };
  const behind = line?.here === undefined ? '' : ` as ${facts.remote.name} has it`;
  return {
    schema: 1,
    kind: 'release-start',
    id: `start-${tag.replaceAll('/', '-')}-${Math.floor(now.getTime() / 1000)}`,
    title: `Start release ${named(released.map((unit) => unit.tag))}`,
    createdAt: now.toISOString(),
    steps: [
      {
        id: 'branch',
        title: `Make ${shortName(branch)} from ${shortName(from.name)}${behind}, with ${toldVersions(packages)}`,
        details: [...toldPackages(packages), ...edits.map(({ path }) => `changes ${path}`)],
      },
      { id: 'switch', title: `Switch to ${shortName(branch)}` },
    ],
    warnings: carriedAlong(uncommitted),
    details: {
      packages,
      version,
      branch,
      from,
      edits,
      message: beginMessage(released.map((unit) => toldVersion(unit, unit.version))),
      identity: identityOf(facts, now),
      signing: facts.signing,
    },
  };
}

/** Told beforehand: what was begun for something else is easily committed on the new branch, and shipped. */
export function carriedAlong(uncommitted: readonly string[]): readonly string[] {
  return uncommitted.length === 0 ? [] : [`what is not committed comes along: ${named(uncommitted)}`];
}

function branchTaken({ refs }: ReleaseFacts, branch: string): readonly Problem[] {
  if (!refs.has(branch)) return clashes(refs, branch);
  return [
    new Problem({
      code: 'branch-exists',
      what: `${shortName(branch)} exists already`,
      fix: `git switch ${quotedName(branch)}, then: tagship release finish`,
      exit: EXIT.refused,
    }),
  ];
}

/** Asked beforehand: `git switch -c` finds out only after it has changed the files. */
export function clashes(refs: ReadonlyMap<string, Ref>, branch: string): readonly Problem[] {
  const other = clashingBranch(refs, branch);
  if (other === undefined) return [];
  return [
    new Problem({
      code: 'branch-name-clash',
      what: `there can be no branch ${shortName(branch)} beside the branch ${shortName(other)}`,
      fix: `git branch -m ${quotedName(other)} ${quotedName(`${other.replace(/^refs\/heads\//, '').replaceAll('/', '-')}-old`)}, then the same command again`,
      exit: EXIT.refused,
    }),
  ];
}

/**
 * Makes the branch and switches to it, in git's one move: when the switch is refused there is no branch either.
 * @throws Problem `switch-refused`
 */
export async function actStart(git: Git, plan: StartPlan): Promise<void> {
  const { edits, from, message, branch } = plan.details;
  const draft = draftObjects(git, from.id);
  const tree = await applyEdits({ git, draft }, from.id, edits);
  const begun = await commit({ git, draft }, plan.details, tree, [from.id], message);
  await draft.write();
  await switchToNew(git, shortName(branch), begun);
}

/** What git ends with for files that would be overwritten; for all else, such as a folder it may not write, with 128. */
const IN_THE_WAY = 1;

/** `git switch -c`, which carries uncommitted changes along or refuses. @throws Problem `switch-refused` */
export async function switchToNew(git: Git, branch: string, start: string): Promise<void> {
  const answer = await git.try(['switch', '--quiet', '--no-track', '-c', branch, start]);
  // A post-checkout hook that fails gives git its status, and keeps it from nothing.
  if (answer.exitCode === 0 || (await headBranch(git)) === `refs/heads/${branch}`) return;
  const inTheWay = answer.exitCode === IN_THE_WAY;
  throw new Problem({
    code: 'switch-refused',
    what: `git does not switch to a new branch ${branch}; nothing has changed`,
    why: answer.stderr.trim(),
    fix: inTheWay
      ? 'git stash -u (or commit what is in the way), then run the same command again'
      : 'mend what git names, then run the same command again',
    exit: EXIT.refused,
  });
}
