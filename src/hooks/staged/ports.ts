import type { Report } from '../../core/events.ts';
import type { Problem } from '../../core/problem.ts';
import type { CommandRunner, Files, Git, JsonLines, Programs, SwapFile } from '../../io/ports.ts';
import type { ToolchainPorts } from '../gates/toolchain.ts';
import type { UnfinishedChange } from './change.ts';

export interface StagedPorts extends ToolchainPorts {
  /** At the root of the worktree. */
  readonly git: Git;
  readonly files: Files;
  readonly commands: CommandRunner;
  readonly programs: Programs;
  readonly swapFile: SwapFile;
  readonly journal: JsonLines<UnfinishedChange>;
  readonly report: Report;
  readonly signal: AbortSignal;
  /** Of the worktree: the index and MERGE_HEAD are there. */
  readonly gitDir: string;
  /** What stops the commit when credentials are staged. */
  readonly scanSecrets: () => Promise<Problem | undefined>;
}
