import type { Config, EnvironmentConfig } from '../config/schema.ts';
import { versionOfTag } from '../core/tag-name.ts';
import { isLower, isPreRelease } from '../core/version.ts';
import { tagFormatOf } from './release-tag.ts';

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
  const highest = new Map<string, { readonly release: PushedRelease; readonly version: string }>();
  for (const release of releases) {
    for (const [name, environment] of Object.entries(release.config.environments)) {
      const version = versionOfTag(tagFormatOf(release.config, environment), release.tag);
      if (version === undefined || !isLetThrough(environment, version)) continue;
      const other = highest.get(name);
      if (other === undefined || isLower(other.version, version)) highest.set(name, { release, version });
    }
  }
  return [...highest].map(([environment, { release }]) => ({ environment, release }));
}

function isLetThrough({ trigger }: EnvironmentConfig, version: string): boolean {
  return trigger === 'prerelease' || (trigger === 'release' && !isPreRelease(version));
}
