import type { LoggedCommit } from './commits.ts';

/** A blob, tree or submodule as git lists it. */
export interface TreeEntry {
  /** Six octal digits, e.g. `100644`, `040000`, `120000`. */
  readonly mode: string;
  readonly type: 'blob' | 'tree' | 'commit';
  readonly id: string;
  /** From the root of the repository, with `/`. */
  readonly path: string;
}

export interface Ref {
  readonly name: string;
  /** What the ref holds: for an annotated tag the tag object. */
  readonly id: string;
  /** The commit: for an annotated tag what it names. */
  readonly commit: string;
  /** Worktree that has this branch checked out. Absolute. */
  readonly worktree: string | undefined;
  /** What the branch holds on this machine, where that lags behind the remote's and the remote's is taken. */
  readonly here?: string;
}

export interface TextFile {
  readonly path: string;
  readonly bytes: Buffer;
}

/** A file as another branch has it. */
export interface ForeignFile extends TextFile {
  /** Full name. */
  readonly branch: string;
}

/** Another operation that owns a worktree's index, as git's own files show it. */
export type WorktreeOperation = 'merge' | 'rebase' | 'cherry-pick' | 'revert' | 'bisect';

/** What a version and its notes are made from. */
export interface History {
  /** Commits in the line and not in the last release, newest first, merges left out. */
  readonly commits: readonly LoggedCommit[];
  /** Highest release that the line contains. */
  readonly lastRelease: { readonly tag: string; readonly version: string } | undefined;
}

/** What is particular to a package that has versions of its own. */
export interface PackageFacts extends History {
  /** Whether a release branch has commits of its own in it: something was mended there. */
  readonly mended: boolean;
  readonly changelog: ChangelogFile | undefined;
}

/** Symbolic links followed. Its path is where a new one goes when there are no bytes. */
export interface ChangelogFile {
  readonly path: string;
  readonly bytes: Buffer | undefined;
}

/** Everything a release is planned from, read without changing anything. */
export interface ReleaseFacts extends History {
  readonly shallow: boolean;
  /** Local branches and tags by full name. */
  readonly refs: ReadonlyMap<string, Ref>;
  /**
   * The branch the release is made from: develop, or an open release or hotfix branch. Full name; it may be missing.
   */
  readonly line: string;
  /** Whether the line contains all of main, as develop does after every finished release. */
  readonly mainInLine: boolean;
  readonly remote: RemoteFacts;
  /** `Name <mail> seconds zone`; undefined when git knows no identity. */
  readonly identity: string | undefined;
  /** The author, in the same form, where that may be another. */
  readonly author?: string | undefined;
  /** What the user's git configuration wants signed. */
  readonly signing: Signing;
  /** The line's tree, folders included. Empty without the line. */
  readonly tree: readonly TreeEntry[];
  /** pubspec.yaml files in the line that may carry the version. */
  readonly pubspecs: readonly TextFile[];
  /** The same files on main, develop and open release branches: build numbers must grow past these too. */
  readonly pubspecsElsewhere: readonly ForeignFile[];
  /** The build number where its configured source is not counting on; '' when that source has none. */
  readonly chosenBuild: string | undefined;
  /** Configured files, besides the pubspec, that carry the version; undefined bytes where one is missing. */
  readonly versionFiles: readonly { readonly path: string; readonly bytes: Buffer | undefined }[];
  /** The one changelog; undefined also where every package has its own. */
  readonly changelog: ChangelogFile | undefined;
  /**
   * Where packages are independent: of each, by the path of its pubspec. The history of the whole is then what came since
   * the last release of any of them, and no release.
   */
  readonly byPackage?: ReadonlyMap<string, PackageFacts>;
  /** What keeps the worktrees that have a moving branch checked out busy. */
  readonly busyWorktrees: readonly { readonly path: string; readonly operation: WorktreeOperation }[];
  /** Tracked files with uncommitted changes where the line is checked out, when it is a release or hotfix branch. */
  readonly uncommittedOnLine: readonly string[];
}

export interface Signing {
  readonly commits: boolean;
  readonly tags: boolean;
}

export interface RemoteFacts {
  readonly name: string;
  /** Where is fetched from, without a password. Undefined when no such remote is configured. */
  readonly url: string | undefined;
  /** Every address that a push goes to, without passwords: one, or there is no pushing to all or none of them. */
  readonly pushUrls: readonly string[];
  /** Whether git pushes there as to a mirror. */
  readonly mirror: boolean;
  /** Names of all remotes. */
  readonly remotes: readonly string[];
  /** Why the remote's refs could not be read. */
  readonly unreachable: string | undefined;
  /** The remote's branches and tags by full name. */
  readonly refs: ReadonlyMap<string, string>;
  /**
   * Branches (full names) whose remote tip is neither in the local one nor taken in its place: it is not here, both have
   * commits of their own, or the branch is to be finished as it is here.
   */
  readonly ahead: ReadonlyMap<string, 'unfetched' | 'behind' | 'diverged'>;
}
