import semver from 'semver';
import type { Sides } from './align-versions.ts';
import { isUnreleased, linkDefinitions, relinkUnreleased } from './link-definitions.ts';

/**
 * The sides of a changelog with `[Unreleased]` leading to the same place in each: behind the higher release. What each
 * release made of that link is then no difference between them.
 */
export function alignUnreleased(sides: Sides): Sides {
  const urls = [sides.ours, sides.theirs].map((side) => linkDefinitions(side.toString('utf8')).find(isUnreleased)?.url);
  const [ours, theirs] = urls;
  const [here, there] = urls.map(releaseIn);
  if (ours === undefined || theirs === undefined || here == null || there == null) return sides;
  const url = semver.lt(here, there) ? theirs : ours;
  const relink = (side: Buffer) => Buffer.from(relinkUnreleased(side.toString('utf8'), url));
  return { base: relink(sides.base), ours: relink(sides.ours), theirs: relink(sides.theirs) };
}

/** The release that such a link begins at. */
const releaseIn = (url: string | undefined) =>
  semver.parse(/\d+\.\d+\.\d+(?:-[\w.]*\w)?(?=\.{2,3})/.exec(url ?? '')?.[0]);
