import type { GitHubAsset, GitHubRelease } from '../../io/ports.ts';

/** A file that a GitHub release gets. */
export interface AssetFile {
  /** As GitHub shows it. */
  readonly name: string;
  readonly path: string;
  /** In bytes. */
  readonly size: number;
  /** `sha256:…` */
  readonly digest: string;
}

/** What a release is to be on GitHub. */
export interface WantedRelease {
  readonly tag: string;
  readonly notes: string;
  readonly preRelease: boolean;
  /** It stays one: a person publishes it. */
  readonly draft: boolean;
  readonly files: readonly AssetFile[];
}

export interface GitHubReleasePlan {
  /** The draft is there where this is false. */
  readonly create: boolean;
  /** Halves of an upload, and files of a draft that were made anew since. */
  readonly remove: readonly GitHubAsset[];
  readonly upload: readonly AssetFile[];
  readonly publish: boolean;
  /** Names of other files by the same name that were published before: nobody's download is changed. */
  readonly kept: readonly string[];
}

/** What is left to do for it, by what is there. Done halfway and planned again, it comes to the same end. Pure. */
export function planGitHubRelease(
  { files, draft }: WantedRelease,
  found: GitHubRelease | undefined,
): GitHubReleasePlan {
  if (found === undefined) return { create: true, remove: [], upload: files, publish: !draft, kept: [] };
  const pairs = files.map((file) => ({ file, there: found.assets.find(({ name }) => name === file.name) }));
  const missing = pairs.filter(({ file, there }) => there === undefined || !isSame(file, there));
  const kept = missing.filter(({ there }) => there?.whole && !found.draft);
  const replaced = missing.filter((pair) => !kept.includes(pair));
  return {
    create: false,
    remove: replaced.flatMap(({ there }) => there ?? []),
    upload: replaced.map(({ file }) => file),
    publish: found.draft && !draft,
    kept: kept.map(({ file }) => file.name),
  };
}

function isSame(file: AssetFile, { whole, size, digest = file.digest }: GitHubAsset): boolean {
  return whole && size === file.size && digest === file.digest;
}

/** The plan's steps, as the user reads them. */
export function describeGitHubRelease({ tag }: WantedRelease, plan: GitHubReleasePlan): readonly string[] {
  return [
    ...(plan.create ? [`draft the GitHub release of ${tag}`] : []),
    ...plan.remove.map(({ name }) => `remove ${name}, which is not whole or out of date`),
    ...plan.upload.map(({ name, size }) => `upload ${name}, ${size} bytes`),
    ...(plan.publish ? [`publish the GitHub release of ${tag}`] : []),
  ];
}
