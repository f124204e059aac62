import type { Config } from '../config/schema.ts';
import { versionOfTag } from '../core/tag-name.ts';
import { isLower, isPreRelease } from '../core/version.ts';

/** A tag that was pushed, not one that was deleted. */
export interface PushedTag {
  readonly tag: string;
  /** The object it names now. */
  readonly id: string;
}

/** A pushed tag with the configuration of its own tree. */
export interface PushedRelease extends PushedTag {
  readonly config: Config;
}

export interface Shipment {
  readonly environment: string;
  readonly release: PushedRelease;
}

/** Names we are ready to say aloud and hand on; git allows more, a release has no need of it. */
const TAG_LINE = /^[0-9a-f]{40,64} ([0-9a-f]{40,64}) refs\/tags\/([A-Za-z0-9][A-Za-z0-9._+/-]*)$/;

/** The tags among the lines git gives a post-receive hook; whatever else stands there is none of our business. */
export function pushedTags(input: string): readonly PushedTag[] {
  return input.split('\n').flatMap((line) => {
    const [, id, tag] = TAG_LINE.exec(line) ?? [];
    return id === undefined || tag === undefined || /^0+$/.test(id) ? [] : [{ tag, id }];
  });
}

/**
 * Which environments ship what: each the highest release of this push that its trigger lets through, so that pushing
 * a whole history of tags deploys once.
 */
export function shipments(releases: readonly PushedRelease[]): readonly Shipment[] {
  const versioned = releases.flatMap((release) => {
    const version = versionOfTag(release.config.release.tag, release.tag);
    return version === undefined ? [] : [{ release, version }];
  });
  const highestFirst = versioned.sort((a, b) => (isLower(a.version, b.version) ? 1 : -1));
  const chosen = new Map<string, PushedRelease>();
  for (const { release, version } of highestFirst) {
    for (const [name, { trigger }] of Object.entries(release.config.environments)) {
      const wanted = trigger === 'prerelease' || (trigger === 'release' && !isPreRelease(version));
      if (wanted && !chosen.has(name)) chosen.set(name, release);
    }
  }
  return [...chosen].map(([environment, release]) => ({ environment, release }));
}
