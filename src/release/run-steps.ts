import { EXIT, Problem } from '../core/problem.ts';
import type { ReleaseState } from './journal.ts';
import type { ReleasePlan } from './plan-types.ts';
import type { ReleasePorts } from './ports.ts';

/** What a step of the plan does. Each finds out itself what is left of it to do. */
export type StepActions = Readonly<Record<string, () => Promise<void>>>;

/**
 * Takes the steps that change something visible, in the plan's order, each written down before and after. Steps without
 * an action were taken before there was a journal.
 */
export async function runSteps(
  ports: ReleasePorts,
  { plan: { plan }, done, unfinished }: Pick<ReleaseState, 'plan' | 'done' | 'unfinished'>,
  actions: StepActions,
): Promise<void> {
  for (const { id } of plan.steps) {
    const action = actions[id];
    if (action === undefined || done.has(id)) continue;
    stopIfInterrupted(
      ports.signal,
      `${plan.title} is not finished`,
      'tagship release continue (or: tagship release abort)',
    );
    await ports.journal.append({ type: 'started', at: at(ports), step: id });
    await journalled(ports, id, beginsAnew(plan, id) && unfinished !== id, async () => {
      await ports.hook('before', id, plan);
      await reported(ports, plan, id, action);
    });
    await ports.journal.append({ type: 'done', at: at(ports), step: id });
    await ports.hook('after', id, plan);
  }
}

/** A proposal that was merged is never given up: its conclusion is planned again. */
function beginsAnew({ details }: ReleasePlan, step: string): boolean {
  return FIRST_MOVES.includes(step) && details.github?.pullRequest?.stage !== 'concluded';
}

const FIRST_MOVES: readonly string[] = ['refs', 'branch'];

/** Nothing is left to do. */
export async function closeRelease(ports: ReleasePorts): Promise<void> {
  await ports.journal.append({ type: 'closed', at: at(ports), outcome: 'done' });
  await ports.journal.archive();
}

/**
 * Writes a failure down.
 * @param nothingMoved no ref can have moved before this step: a refusal then ends the release, with nothing to continue
 */
async function journalled(
  ports: ReleasePorts,
  step: string,
  nothingMoved: boolean,
  action: () => Promise<void>,
): Promise<void> {
  try {
    await action();
  } catch (error) {
    const what = error instanceof Error ? error.message : String(error);
    const code = error instanceof Problem ? { code: error.code } : {};
    await ports.journal.append({ type: 'failed', at: at(ports), step, what, ...code });
    if (nothingMoved && error instanceof Problem && error.exit === EXIT.refused) {
      await ports.journal.append({ type: 'closed', at: at(ports), outcome: 'aborted' });
      await ports.journal.archive();
    }
    throw error;
  }
}

/** @throws Problem `interrupted` (exit 130) once the user has asked to stop. */
export function stopIfInterrupted(signal: AbortSignal, what: string, fix: string): void {
  if (signal.aborted)
    throw new Problem({ code: 'interrupted', what: `interrupted: ${what}`, fix, exit: EXIT.interrupted });
}

/** Tells whoever watches when a step begins and how it ends. */
export async function reported<T>(
  { report, clock }: Pick<ReleasePorts, 'report' | 'clock'>,
  { steps }: Pick<ReleasePlan, 'steps'>,
  step: string,
  action: () => Promise<T>,
): Promise<T> {
  const title = steps.find(({ id }) => id === step)?.title ?? step;
  const start = clock.now().getTime();
  report({ type: 'step-started', step, title });
  try {
    const result = await action();
    report({ type: 'step-done', step, title, milliseconds: clock.now().getTime() - start });
    return result;
  } catch (error) {
    report({ type: 'step-failed', step, title, what: error instanceof Error ? error.message : String(error) });
    throw error;
  }
}

/** The moment that goes into a journal's line. */
export const at = ({ clock }: Pick<ReleasePorts, 'clock'>) => clock.now().toISOString();
