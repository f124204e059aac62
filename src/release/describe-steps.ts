import type { Step } from '../core/plan.ts';
import { shortName } from './branches.ts';
import type { RefTip, ReleaseDetails, ReleasedPackage } from './plan-types.ts';
import { named, tagNames } from './tags.ts';

/** A release's movements as the user reads them; `run-steps.ts` takes the same ones by their ids. */
export function describeSteps(details: ReleaseDetails): readonly Step[] {
  const { packages, edits, worktrees, remote, line, finishesLine } = details;
  const moving = movingBranches(details);
  const names = moving.map(({ name }) => shortName(name)).join(', ');
  const tags = tagNames(details);
  const steps: Step[] = [
    {
      id: 'build',
      title: `Make the release commit ${toldVersions(packages)} and its merges, out of sight`,
      details: [...toldPackages(packages), ...edits.map(({ path }) => `changes ${path}`)],
    },
  ];
  if (details.checks) steps.push({ id: 'gates', title: 'Analyse and test exactly that commit' });
  steps.push({
    id: 'refs',
    title: `Move ${names} and create ${tags}, in one transaction`,
    details: [
      ...moving.map((tip) => `${shortName(tip.name)} (now ${(tip.here ?? tip.id).slice(0, 8)})`),
      ...moving.flatMap((tip) => toldCatchingUp(tip, remote?.name)),
      ...(details.tags.length > 1 ? details.tags.map(({ name }) => name) : []),
    ],
  });
  if (worktrees.length > 0) {
    const paths = [...new Set(worktrees.map(({ path }) => path))];
    steps.push({ id: 'worktrees', title: 'Bring the checked-out files along', details: paths });
  }
  if (remote !== undefined) {
    const title = `Push ${names} and ${tags} to ${remote.name}, all or nothing`;
    steps.push({ id: 'push', title, details: [remote.url] });
  }
  if (finishesLine) steps.push({ id: 'tidy', title: `Delete ${shortName(line.name)}, which is merged` });
  return steps;
}

/** A line for a branch that lags behind the remote's. */
export function toldCatchingUp({ name, id, here }: RefTip, remote = 'the remote'): readonly string[] {
  return here === undefined ? [] : [`${shortName(name)} is taken up to ${remote}'s first (${id.slice(0, 8)})`];
}

/** The versions that packages get; with their names, where each has its own. */
export function toldVersions(packages: readonly ReleasedPackage[]): string {
  const areIndependent = new Set(packages.map(({ tag }) => tag)).size > 1;
  const told = packages.map(({ name, pubspecVersion }) => (areIndependent ? `${name} ` : '') + pubspecVersion);
  return named([...new Set(told)]);
}

/** A line for each that is released only because it needs another. */
export function toldPackages(packages: readonly ReleasedPackage[]): readonly string[] {
  return packages.flatMap(({ name, pubspecVersion, follows }) =>
    follows === undefined ? [] : [`${name} ${pubspecVersion}, because it needs ${follows.join(', ')}`],
  );
}

/** Branches that hold something else afterwards, main first. */
export function movingBranches({
  main,
  back,
  line,
}: Pick<ReleaseDetails, 'main' | 'back' | 'line'>): readonly RefTip[] {
  return main === undefined ? [line] : [main, ...back];
}
