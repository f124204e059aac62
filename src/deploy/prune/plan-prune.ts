import type { EnvironmentConfig } from '../../config/schema.ts';
import type { Plan } from '../../core/plan.ts';
import type { HostFacts } from '../facts.ts';
import { deployedReleases, releaseStack, unsettledRun } from '../history.ts';
import type { ServiceImage } from '../run.ts';

/** An image that is on the host. */
export interface PresentImage {
  readonly id: string;
  /** Bytes, with the layers that it shares with others. */
  readonly size: number;
  readonly tags: readonly string[];
}

export interface PruneDetails {
  readonly host: string;
  readonly state: string;
  /** The run that began last, as the look saw it. */
  readonly lastRun: string | undefined;
  /** Releases of which nothing is kept any more. */
  readonly units: readonly string[];
  readonly images: readonly {
    readonly id: string;
    readonly size: number;
    /** What docker is told to remove: its tags, or itself where it has none. */
    readonly refs: readonly string[];
  }[];
}
export type PrunePlan = Plan<'prune', PruneDetails>;

/** Releases that stay whatever is asked, and the newest `keep` besides. */
function keptTags(facts: HostFacts, keep: number): ReadonlySet<string> {
  const stack = releaseStack(facts.history).slice(-2);
  const about = unsettledRun(facts)?.about;
  const newest = deployedReleases(facts.history).slice(0, keep);
  const tags = [...stack, ...newest].map(({ tag }) => tag);
  return new Set([...tags, ...(about === undefined ? [] : [about.tag, about.previous.tag ?? ''])]);
}

/** Ids of the images that only releases which need not be kept have run. They alone are looked at. */
export function spareImages(facts: HostFacts, keep: number): readonly string[] {
  const kept = keptTags(facts, keep);
  const releases = deployedReleases(facts.history).filter(({ tag }) => kept.has(tag));
  // Of what nobody recorded, nobody knows what it needs.
  if (releases.some(({ images }) => images.length === 0)) return [];
  const needed = new Set([
    ...releases.flatMap(({ images }) => images.map(({ id }) => id)),
    ...(unsettledRun(facts)?.about.previous.images ?? []).map(({ id }) => id),
    ...imagesBelow(facts, kept).map(({ id }) => id),
    ...facts.containers.map(({ imageId }) => imageId),
  ]);
  // Every run, and not only the last of each release: what was built again has another id.
  const ran = facts.history.flatMap(({ result, previous }) => [...(result?.images ?? []), ...previous.images]);
  return [...new Set(ran.map(({ id }) => id))].filter((id) => !needed.has(id));
}

/** What ran before the first release, where that is kept: the one way back from it, and what `previous` stands for. */
function imagesBelow({ history }: HostFacts, kept: ReadonlySet<string>): readonly ServiceImage[] {
  const lowest = releaseStack(history)[0]?.tag;
  const first = history.find(({ outcome, tag }) => outcome === 'succeeded' && tag === lowest);
  return first !== undefined && kept.has(first.tag) ? first.previous.images : [];
}

/** Pure. A plan without steps means that there is nothing to remove. */
export function planPrune(
  facts: HostFacts,
  present: readonly PresentImage[],
  { path }: EnvironmentConfig,
  { environment, keep, now }: { readonly environment: string; readonly keep: number; readonly now: Date },
): PrunePlan {
  const kept = keptTags(facts, keep);
  const spare = new Set(spareImages(facts, keep));
  const ours = new Set(
    facts.history.flatMap(({ result, previous }) => [...(result?.images ?? []), ...previous.images]).map(repositoryOf),
  );
  const isOurs = (tag: string) => ours.has(repositoryOf({ name: tag }));
  const found = present.filter(({ id }) => spare.has(id));
  const images = found
    .filter(({ tags }) => tags.every(isOurs))
    .map(({ id, size, tags }) => ({ id, size, refs: tags.length === 0 ? [id] : tags }));
  const named = found.filter(({ tags }) => !tags.every(isOurs));
  const units = facts.units.map(({ tag }) => tag).filter((tag) => !kept.has(tag));
  return {
    schema: 1,
    kind: 'prune',
    id: `prune-${environment}`,
    title: `Remove what releases of long ago left on ${environment} (${facts.host}:${path})`,
    createdAt: now.toISOString(),
    steps: [
      ...units.map((tag, index) => ({ id: `unit-${index}`, title: `forget what was kept of ${tag}` })),
      ...images.map(({ size, refs }, index) => ({
        id: `image-${index}`,
        title: `remove the image ${refs.join(', ')} (${megabytes(size)})`,
      })),
    ],
    warnings: named.map(({ tags }) => `${tags.filter((tag) => !isOurs(tag)).join(', ')} is not ours by name: it stays`),
    details: { host: facts.host, state: `${facts.clone?.gitDir}/tagship`, lastRun: facts.lastRun, units, images },
  };
}

/** Without tag and digest; a port is no tag. */
function repositoryOf({ name }: Pick<ServiceImage, 'name'>): string {
  return name.replace(/@.*$/, '').replace(/:[^/:]*$/, '');
}

export const megabytes = (bytes: number) => `${Math.round(bytes / 1e5) / 10} MB`;
