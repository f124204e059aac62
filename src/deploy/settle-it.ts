import { commandFor } from './command-for.ts';
import type { DeployedRelease, OpenRun } from './history.ts';

/**
 * What is typed to settle a run that was interrupted. One that was on its way back has failed: first comes the release it
 * was going back to.
 * @param deployed the release that history says is in place
 */
export function settleIt(environment: string, { about, list }: OpenRun, deployed: DeployedRelease | undefined): string {
  const forward = commandFor({ ...about, environment });
  if (deployed === undefined || deployed.tag === about.tag) return `${forward}   (settles it first)`;
  const back = commandFor({ kind: 'rollback', environment, tag: deployed.tag });
  return list === 'revert'
    ? `${back}   (settles it first; or, to try again: ${forward})`
    : `${forward}   (settles it first; or, to go back: ${back})`;
}
