import type { Plan } from '../core/plan.ts';

export type BumpRequest = 'major' | 'minor' | 'patch' | 'auto';

export interface ReleaseRequest {
  /** A bump, or the version itself. */
  readonly target: string;
  readonly push: boolean;
  readonly checks: boolean;
}

/** A file of the release commit. Content is base64: a pubspec may hold any bytes and the plan is JSON. */
export interface FileEdit {
  readonly path: string;
  readonly contentBase64: string;
}

export interface RefTip {
  readonly name: string;
  readonly id: string;
}

/** All that is needed to make the release, frozen. Nothing is looked up again when it is carried out or resumed. */
export interface ReleaseDetails {
  /** Without build metadata: `1.19.0`. */
  readonly version: string;
  /** As the pubspec gets it: `1.19.0+65`. */
  readonly pubspecVersion: string;
  readonly tag: string;
  readonly main: RefTip;
  readonly develop: RefTip;
  /** Whether main's commits are all in develop, so that merging needs no merge of contents. */
  readonly mainInDevelop: boolean;
  readonly edits: readonly FileEdit[];
  readonly messages: {
    readonly commit: string;
    readonly toMain: string;
    readonly tag: string;
    readonly toDevelop: string;
  };
  /** `Name <mail>` and `seconds zone`: of every object the release makes. */
  readonly identity: { readonly who: string; readonly when: string };
  /** Folder of the package inside the repository, '' for its root: where the gates run. */
  readonly packageFolder: string;
  /** Worktrees whose checked-out branch the release moves. */
  readonly worktrees: readonly { readonly path: string; readonly ref: string }[];
  readonly remote: { readonly name: string; readonly url: string } | undefined;
  readonly checks: boolean;
  /** The changelog section, as it will stand in the file. */
  readonly notes: string;
}

export type ReleasePlan = Plan<'release', ReleaseDetails>;

/** The objects of a release, made but not yet reachable from any branch. */
export interface ReleaseObjects {
  /** The version commit on the release line. */
  readonly release: string;
  /** The merge into main that the tag names. */
  readonly main: string;
  /** The annotated tag object. */
  readonly tag: string;
  /** The merge back into develop. */
  readonly develop: string;
}
