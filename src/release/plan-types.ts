import type { ReleaseConfig } from '../config/schema.ts';
import type { Plan } from '../core/plan.ts';
import type { GitHubAddress } from '../io/ports.ts';
import type { Signing } from './facts.ts';
import type { VersionFile } from './version-file.ts';

/** What was asked for. */
export interface ReleaseRequest {
  readonly kind: 'release' | 'hotfix';
  /** `major`, `minor`, `patch`, `auto`, or the version itself. */
  readonly target: string;
  /** Names of the independent packages that were asked for, sorted; none: those that have changed. */
  readonly packages: readonly string[];
  /** Identifier of a pre-release, e.g. `beta`. */
  readonly pre: string | undefined;
  readonly push: boolean;
  /** Main is protected: the release goes there by a pull request. */
  readonly pullRequest: boolean;
  readonly checks: boolean;
  /** What becomes of a merge back that conflicts: stop with nothing changed, or ship and leave it as a branch. */
  readonly mergeBack: 'stop' | 'later';
}

/** A file of the release commit. Content is base64: a pubspec may hold any bytes and the plan is JSON. */
export interface FileEdit {
  readonly path: string;
  readonly contentBase64: string;
}

export interface RefTip {
  readonly name: string;
  readonly id: string;
  /** What the branch holds on this machine, where that lags behind `id`, which is the remote's. */
  readonly here?: string;
}

/** All that is needed to make the release, frozen. Nothing is looked up again when it is carried out or resumed. */
export interface ReleaseDetails {
  /** What was typed: the same words again go on with it. */
  readonly request: Pick<ReleaseRequest, 'kind' | 'target' | 'packages' | 'pre' | 'push' | 'pullRequest'>;
  /** What gets a version, those that need others first: one, or several of a workspace. */
  readonly packages: readonly [ReleasedPackage, ...ReleasedPackage[]];
  /** In the order of their packages. The first one names what belongs to the release as a whole. */
  readonly tags: readonly [ReleaseTag, ...ReleaseTag[]];
  /** The branch that the version commit is put on. */
  readonly line: RefTip;
  /** Whether the line is a release or hotfix branch, which is deleted at the end. */
  readonly finishesLine: boolean;
  /** What the tag's commit is merged into; undefined for a pre-release, which is not for production. */
  readonly main: RefTip | undefined;
  /** Whether main's commits are all in the line, so that merging needs no merge of contents. */
  readonly mainInLine: boolean;
  /** Branches that get main's new commit merged back: develop, and open release branches. */
  readonly back: readonly RefTip[];
  readonly mergeBack: ReleaseRequest['mergeBack'];
  readonly edits: readonly FileEdit[];
  /** Files in which the versions of two branches meet: a conflict in them alone is resolved. */
  readonly versionFiles: readonly VersionFile[];
  readonly changelogPaths: readonly string[];
  readonly messages: { readonly commit: string; readonly toMain: string };
  /** `Name <mail>` and `seconds zone`: of every object the release makes. The author is named where it is another. */
  readonly identity: { readonly who: string; readonly when: string; readonly author?: string };
  readonly signing: Signing;
  /** Worktrees whose checked-out branch the release moves. */
  readonly worktrees: readonly { readonly path: string; readonly ref: string }[];
  readonly remote: RemoteTarget | undefined;
  readonly checks: boolean;
  /** The user's own commands around the steps, as they were configured when the release was planned. */
  readonly hooks: ReleaseConfig['hooks'];
  /** What is done on GitHub, if anything. */
  readonly github?: GitHubDetails;
}

export interface ReleasedPackage {
  /** As its pubspec says. */
  readonly name: string;
  /** Inside the repository, '' for its root: where the gates run. */
  readonly folder: string;
  /** Without build metadata: `1.19.0`. */
  readonly version: string;
  /** As the pubspec gets it: `1.19.0+65`. */
  readonly pubspecVersion: string;
  /** Name of its tag; packages that share a version share one. */
  readonly tag: string;
  /** Names of the released packages that it needs, where it is released because of them alone. */
  readonly follows?: readonly string[];
}

export interface ReleaseTag {
  readonly name: string;
  readonly version: string;
  readonly message: string;
  /** The changelog section, as it will stand in the file. */
  readonly notes: string;
}

export interface RemoteTarget {
  readonly name: string;
  /** Where a push goes, without a password. */
  readonly url: string;
  /** Tip of the line there, which is deleted with it; undefined when it was never pushed. */
  readonly lineTip: string | undefined;
}

export interface GitHubDetails {
  readonly address: GitHubAddress;
  /** Into a protected main a release goes in two plans: it is proposed, and once that is merged it is concluded. */
  readonly pullRequest?: Proposed | Concluded;
}

/** The version commit on a branch of its own, and a pull request to main. */
export interface Proposed {
  readonly stage: 'proposed';
  /** Names the pull request as this release's own, in its text. */
  readonly mark: string;
  /** The branch that is pushed, as it was here and on the remote; undefined where it was not. */
  readonly branch: { readonly name: string; readonly here: string | undefined; readonly there: string | undefined };
}

/** What main's merge made of it gets the tags and is merged back. */
export interface Concluded {
  readonly stage: 'concluded';
  /** The proposal, which is gone back to when this cannot be pushed. */
  readonly proposal: Pick<ReleaseDetails, 'line' | 'finishesLine' | 'worktrees' | 'remote'> & {
    readonly proposed: Proposed;
  };
  /** The commit of main that carries the version. */
  readonly merged: string;
  /** What main holds on the remote; here it follows. */
  readonly mainTip: string;
}

/** Of release plans, which journals keep: raised when a plan of before could not be gone on with. */
export const RELEASE_SCHEMA = 2;

export type ReleasePlan = Plan<'release', ReleaseDetails>;

/** The objects of a release, made but not yet reachable from any branch. */
export interface ReleaseObjects {
  /** The version commit on the line. */
  readonly release: string;
  /** What the tag names: the merge into main, or the version commit of a pre-release. */
  readonly target: string;
  /** The annotated tag objects, in the order of the plan's tags. Full names. */
  readonly tags: readonly RefTip[];
  /** The merges back that could be made. */
  readonly back: readonly RefTip[];
  /** Branches whose merge back conflicts and was left for later. */
  readonly postponed: readonly string[];
  /** What the branch that waits for a merge back holds, where that is not the target. */
  readonly waiting?: string;
}
