import type { EnvironmentConfig } from '../config/schema.ts';
import type { HostStep } from './plan-shape.ts';
import type { Previous } from './run.ts';

/** What of a release decides how it is looked at before anything is changed for it. */
export interface PreflightInput {
  readonly tag: string;
  readonly commit: string;
  readonly previous: Previous;
  readonly source:
    | { readonly from: 'origin' | 'push' }
    | { readonly from: 'history' /** With its environment files. */; readonly isKept: boolean };
  /** How its images get here. */
  readonly imagesFrom: EnvironmentConfig['images'];
  /** Published ports that are meant to be open to the world. */
  readonly publicPorts: readonly number[];
}

/** Registries are asked in it. */
const SECONDS = 600;
const QUICK = 120;

/**
 * Everything that would be in the way. A first deployment that fails takes down all containers of its project: none may be
 * anybody else's. To a release that was here before only what makes it impossible is in the way.
 */
export function preflightStep({ commit, previous, source, imagesFrom, publicPorts, tag }: PreflightInput): HostStep {
  const whose = previous.serving || previous.stopped ? 'ours' : 'none';
  const call: HostStep['call'] =
    source.from === 'history'
      ? ['preflight_again', commit, whose, ...(source.isKept ? [tag] : [])]
      : ['preflight', commit, whose, imagesFrom, ...publicPorts.map(String)];
  const title = `see that nothing here is in the way of ${tag}`;
  return { id: 'preflight', title, seconds: SECONDS, kind: 'prepare', release: 'new', call };
}

/** An image for another processor would end at once, in place of what serves. One that ran here is for this one. */
export function fitsStep({ source }: PreflightInput): readonly HostStep[] {
  if (source.from === 'history') return [];
  const title = 'see that the images are for its processor';
  return [{ id: 'fits', title, seconds: QUICK, kind: 'prepare', release: 'new', call: ['require_architecture'] }];
}
