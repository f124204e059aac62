import type { HostStep } from './plan-shape.ts';
import { NETWORK, prepare, QUICK, type RollingInput } from './strategies/parts.ts';

/**
 * Everything that would be in the way. A first deployment that fails takes down all containers of its project: none may be
 * anybody else's. To a release that was here before only what makes it impossible is in the way.
 */
export function preflightStep(input: RollingInput): HostStep {
  const { commit, previous, source, imagesFrom, commands, publicPorts, tag, unsettled } = input;
  const services = commands.map(({ service }) => service).join(',');
  const whose = !previous.serving && !previous.stopped ? 'none' : unsettled ? 'left' : 'ours';
  const call: HostStep['call'] =
    source.from === 'history'
      ? ['preflight_again', commit, whose, ...(source.isKept ? [tag] : [])]
      : ['preflight', commit, whose, imagesFrom, services, ...publicPorts.map(String)];
  // Registries are asked in it.
  return prepare('preflight', `see that nothing here is in the way of ${tag}`, NETWORK, call);
}

/** An image for another processor would end at once, in place of what serves. One that ran here is for this one. */
export function fitsStep({ source }: RollingInput): readonly HostStep[] {
  if (source.from === 'history') return [];
  return [prepare('fits', 'see that the images are for its processor', QUICK, ['require_architecture'])];
}
