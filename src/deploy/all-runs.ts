import type { HostFacts } from './facts.ts';
import { openRun } from './history.ts';
import type { RunAbout, RunOutcome, RunRecord } from './run.ts';

/** A run as the history table shows it. */
export interface RunEntry extends Omit<RunAbout, 'schema'> {
  readonly outcome: RunOutcome | 'running' | 'interrupted';
  readonly startedAt: string;
  readonly endedAt: string | undefined;
  readonly seconds: number | undefined;
  readonly failedStep: string | undefined;
  /** The step at which its runner died, where it was settled afterwards. */
  readonly interruptedAt: string | undefined;
  /** The way back did without git, which failed. */
  readonly wayBack?: RunRecord['wayBack'];
  readonly images: readonly { readonly service: string; readonly name: string; readonly id: string }[];
}

/** Every run of a host, the newest first. Those whose runner died are only in the journal, and are told as well. */
export function allRuns(facts: HostFacts): readonly RunEntry[] {
  const recorded = new Set(facts.history.map(({ run }) => run));
  const open = openRun(facts);
  const unfinished = facts.journal.flatMap((line): RunEntry[] => {
    if (line.type !== 'opened' || recorded.has(line.run)) return [];
    const outcome = open?.state === 'running' && open.about.run === line.run ? 'running' : 'interrupted';
    return [
      {
        ...line.about,
        outcome,
        startedAt: line.at,
        endedAt: undefined,
        seconds: undefined,
        failedStep: undefined,
        interruptedAt: undefined,
        images: [],
      },
    ];
  });
  // Reversed before the stable sort: of two runs of one second the later one stays in front.
  const runs = [...facts.history.map(fromRecord), ...unfinished].toReversed();
  return runs.sort((a, b) => b.startedAt.localeCompare(a.startedAt));
}

function fromRecord({ schema: _, result, failedStep, interruptedAt, ...record }: RunRecord): RunEntry {
  return { ...record, failedStep, interruptedAt, images: result?.images ?? [] };
}
