import type { Report } from '../core/events.ts';
import type { Clock, Files, Git, GitHub, GitHubAddress } from '../io/ports.ts';
import type { Claim } from './claim.ts';
import type { Processes, ReleaseJournal } from './journal.ts';
import type { ReleasePlan } from './plan-types.ts';
import type { Shelf } from './waiting.ts';
import type { GitIn } from './worktrees.ts';

/** What carrying out, taking up or undoing a release needs of the world. */
export interface ReleasePorts {
  readonly git: Git;
  readonly gitIn: GitIn;
  readonly files: Files;
  readonly commonDir: string;
  readonly journal: ReleaseJournal;
  readonly shelf: Shelf;
  /** Opened when it is first needed. @throws Problem `github-token-missing` */
  readonly github: (address: GitHubAddress) => Promise<GitHub>;
  readonly claim: Claim;
  readonly processes: Processes;
  readonly clock: Clock;
  readonly report: Report;
  readonly signal: AbortSignal;
  /** Runs the user's own command at a point of the release, if there is one. @throws Problem when it fails. */
  readonly hook: (when: 'before' | 'after', step: string, plan: ReleasePlan) => Promise<void>;
  /**
   * Analyses and tests the given commit, in each of these folders, and looks at what would be published with it.
   * @throws Problem when it must not be released
   */
  readonly gates: (
    commit: string,
    folders: readonly string[],
    published: { readonly remote: string; readonly commits: readonly string[] } | undefined,
  ) => Promise<void>;
}
