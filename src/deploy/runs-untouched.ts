import type { HostFacts } from './facts.ts';
import { type DeployedRelease, releaseAt, releaseStack } from './history.ts';

/**
 * The release that was deployed last, where it runs on although another commit has been checked out by hand: its containers
 * are made from the images it proved healthy with, and nobody has started them anew since, or what is checked out would have
 * made them from others. Undefined where that cannot be told: then what is checked out is what runs.
 */
export function runsUntouched({ clone, containers, history }: HostFacts): DeployedRelease | undefined {
  const last = releaseStack(history).at(-1);
  const ended = history.at(-1)?.endedAt;
  const at = releaseAt(clone?.head, history);
  if (last === undefined || ended === undefined || clone?.head === undefined || at?.tag === last.tag) return undefined;
  const running = containers.filter(({ state }) => state === 'running' || state === 'restarting');
  const isMadeBy = (release: DeployedRelease) =>
    running.every(({ service, imageId }) =>
      release.images.some((one) => one.service === service && one.id === imageId),
    );
  const isOld = running.every(({ startedAt }) => Date.parse(startedAt) <= Date.parse(ended));
  const isOther = at !== undefined && !isMadeBy(at);
  return running.length > 0 && isMadeBy(last) && (isOld || isOther) ? last : undefined;
}
