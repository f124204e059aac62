import * as z from 'zod';
import type { Report } from '../core/events.ts';
import type { Outcome } from './act.ts';
import type { DeployPlan, HostStep } from './plan-shape.ts';

/** The first step that failed, with the last lines it said. */
export interface FailedStep {
  readonly id: string;
  readonly title: string;
  readonly lines: readonly string[];
  /** It was at work when somebody ended the run: nothing of it is known to be wrong. */
  readonly endedFromOutside?: true;
}

/** How much of a failed step's output is told again at the end. */
const KEPT_LINES = 100;

/** How a line begins that is told again at the end, however the run ended. */
export const NOTICE = '! ';

const eventSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('started'), list: z.string(), step: z.string() }),
  z.object({
    type: z.literal('ended'),
    list: z.string(),
    step: z.string(),
    status: z.number(),
    milliseconds: z.number(),
  }),
  z.object({ type: z.literal('settling'), step: z.string() }),
  z.object({
    type: z.literal('closed'),
    outcome: z.enum(['succeeded', 'failed', 'rolled_back', 'needs_hands', 'locked']),
  }),
]);

export type Progress = ReturnType<typeof readProgress>;

/** Turns the runner's log, line by line, into what the user sees, and remembers how it ended. */
export function readProgress(plan: DeployPlan, report: Report) {
  let outcome: Outcome | undefined;
  let failed: FailedStep | undefined;
  let lines: string[] = [];
  let current = '';
  let at: Place | undefined;
  let count = 0;
  const notices = new Set<string>();

  function event(text: string): void {
    const parsed = eventSchema.safeParse(safeJson(text));
    if (!parsed.success) return;
    const { data } = parsed;
    if (data.type === 'closed') {
      outcome = data.outcome;
      return;
    }
    if (data.type === 'settling') {
      const { id, title } = at?.step.id === data.step ? at.step : stepOf(plan, 'forward', data.step);
      failed ??= { id, title, lines: ['the run was ended from outside'], endedFromOutside: true };
      report({ type: 'note', text: `the run was ended from outside at "${title}": what it did is taken back` });
      return;
    }
    if (data.type === 'started') at = nextStep(plan, data.list, data.step, at);
    const { id, title } = at?.step.id === data.step ? at.step : stepOf(plan, data.list, data.step);
    if (data.type === 'started') {
      lines = [];
      current = id;
      report({ type: 'step-started', step: id, title });
    } else if (data.status === 0) {
      report({ type: 'step-done', step: id, title, milliseconds: data.milliseconds });
    } else {
      const what = data.status === 124 ? 'did not end in time' : (lines.at(-1) ?? `ended with status ${data.status}`);
      failed ??= { id, title, lines };
      report({ type: 'step-failed', step: id, title, what });
    }
  }

  function output(line: string): void {
    if (line.startsWith(NOTICE)) notices.add(line.slice(NOTICE.length));
    lines = [...lines.slice(1 - KEPT_LINES), line];
    report({ type: 'output', step: current, line });
  }

  return {
    line: (text: string) => {
      count += 1;
      if (text.startsWith('= ')) event(text.slice(2));
      else if (text.startsWith('| ')) output(text.slice(2));
    },
    /** How many lines of the log were read. */
    lines: () => count,
    outcome: () => outcome,
    failed: () => failed,
    notices: () => [...notices],
  };
}

/** Where in its list a step stands. */
interface Place {
  readonly list: string;
  readonly index: number;
  readonly step: HostStep;
}

/** Checks of one kind share an id: of those the next is meant, and the first again where a list is begun anew. */
function nextStep(plan: DeployPlan, list: string, id: string, at: Place | undefined): Place | undefined {
  const steps = stepsOf(plan, list);
  const after = at?.list === list ? at.index + 1 : 0;
  const next = steps.findIndex((step, index) => index >= after && step.id === id);
  const index = next < 0 ? steps.findIndex((step) => step.id === id) : next;
  const step = steps[index];
  return step && { list, index, step };
}

function stepOf(plan: DeployPlan, list: string, id: string): Pick<HostStep, 'id' | 'title'> {
  return stepsOf(plan, list).find((step) => step.id === id) ?? { id, title: id };
}

function stepsOf(plan: DeployPlan, list: string): readonly HostStep[] {
  return list === 'forward' || list === 'undo' || list === 'revert' ? plan.details[list] : [];
}

function safeJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
