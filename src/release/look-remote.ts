import type { ReleaseConfig } from '../config/schema.ts';
import type { Git } from '../io/ports.ts';
import type { RemoteFacts } from './facts.ts';

/** What is known of a remote that was not asked. */
export function unaskedRemote({ remote: name }: ReleaseConfig): Omit<RemoteFacts, 'url'> {
  return { name, unreachable: undefined, refs: new Map(), ahead: new Set() };
}

/** The remote's branches and tags right now. An unreachable remote is a fact, not an error. */
export async function lookAtRemote(git: Git, { remote: name }: ReleaseConfig): Promise<Omit<RemoteFacts, 'url'>> {
  const listing = await git.try(['ls-remote', '--refs', '--heads', '--tags', '--', name]);
  return {
    name,
    unreachable: listing.exitCode === 0 ? undefined : listing.stderr.trim(),
    refs: new Map(
      listing.stdout
        .split('\n')
        .map((line) => line.split('\t'))
        .flatMap(([id, ref]) => (id !== undefined && ref !== undefined ? [[ref, id] as const] : [])),
    ),
    ahead: new Set(),
  };
}
