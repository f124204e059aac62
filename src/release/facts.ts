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
  /** Worktree that has this branch checked out. Absolute. */
  readonly worktree: string | undefined;
}

export interface TextFile {
  readonly path: string;
  readonly bytes: Buffer;
}

/** Another operation that owns a worktree's index, as git's own files show it. */
export type WorktreeOperation = 'merge' | 'rebase' | 'cherry-pick' | 'revert' | 'bisect';

/** Everything a release is planned from, read without changing anything. */
export interface ReleaseFacts {
  /** Shared by all worktrees: where refs and journals live. Absolute. */
  readonly commonDir: string;
  readonly shallow: boolean;
  /** Local branches and tags by full name. */
  readonly refs: ReadonlyMap<string, Ref>;
  /** Tags by full name that develop contains. */
  readonly tagsInDevelop: ReadonlySet<string>;
  /** Whether develop contains all of main, as it does after every finished release. */
  readonly mainInDevelop: boolean;
  readonly remote: RemoteFacts;
  /** `Name <mail> seconds zone`; undefined when git knows no identity. */
  readonly identity: string | undefined;
  /** develop's tree, folders included. Empty without develop. */
  readonly tree: readonly TreeEntry[];
  /** pubspec.yaml files in develop that may carry the version. */
  readonly pubspecs: readonly TextFile[];
  /** The same files' text on main: build numbers must grow past these too. */
  readonly pubspecsOnMain: readonly TextFile[];
  /** The changelog, symbolic links followed. Its path is where a new one goes when there are no bytes. */
  readonly changelog: { readonly path: string; readonly bytes: Buffer | undefined } | undefined;
  /** Commits in develop and not in the last release, newest first, merges left out. */
  readonly commits: readonly LoggedCommit[];
  /** Highest release that develop contains. */
  readonly lastRelease: { readonly tag: string; readonly version: string } | undefined;
  /** What keeps the worktrees that have main or develop checked out busy. */
  readonly busyWorktrees: readonly { readonly path: string; readonly operation: WorktreeOperation }[];
}

export interface RemoteFacts {
  readonly name: string;
  /** Undefined when no such remote is configured. */
  readonly url: string | undefined;
  /** Why the remote's refs could not be read. */
  readonly unreachable: string | undefined;
  /** The remote's branches and tags by full name. */
  readonly refs: ReadonlyMap<string, string>;
  /** Branches (short names) whose remote tip is not contained in the local one. */
  readonly ahead: ReadonlySet<string>;
}
