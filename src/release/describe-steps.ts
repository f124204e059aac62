import type { ReleaseConfig } from '../config/schema.ts';
import type { Step } from '../core/plan.ts';
import type { ReleaseDetails } from './plan-types.ts';

/** A release's movements as the user reads them; `act.ts` carries out the same ones by their ids. */
export function describeSteps(details: ReleaseDetails, { branches }: ReleaseConfig): readonly Step[] {
  const { pubspecVersion, tag, edits, worktrees, remote } = details;
  const short = ({ name, id }: { name: string; id: string }) =>
    `${name.replace('refs/heads/', '')} (now ${id.slice(0, 8)})`;
  const steps: Step[] = [
    {
      id: 'build',
      title: `Make the release commit ${pubspecVersion} and its merges, out of sight`,
      details: edits.map(({ path }) => `changes ${path}`),
    },
  ];
  if (details.checks) steps.push({ id: 'gates', title: 'Analyse and test exactly that commit' });
  steps.push({
    id: 'refs',
    title: `Move ${branches.main} and ${branches.develop} and create ${tag}, in one transaction`,
    details: [short(details.main), short(details.develop)],
  });
  if (worktrees.length > 0) {
    const paths = [...new Set(worktrees.map(({ path }) => path))];
    steps.push({ id: 'worktrees', title: 'Bring the checked-out files along', details: paths });
  }
  if (remote !== undefined) {
    steps.push({
      id: 'push',
      title: `Push ${branches.main}, ${branches.develop} and ${tag} to ${remote.name}, all or nothing`,
      details: [remote.url],
    });
  }
  return steps;
}
