import { setTimeout as pause } from 'node:timers/promises';
import { Problem } from '../core/problem.ts';
import type { AskUrl, Host } from '../io/ports.ts';
import type { DeployPlan } from './plan-shape.ts';
import { runFolder } from './upload.ts';

/** The step in which a run waits for us to say that the release answers from outside. */
export const CONFIRM_STEP = 'confirm';
/** Milliseconds between two looks from outside, and between two tries to say what was found. */
const PAUSE = 1_000;

/**
 * Looks from here whether the release answers at its real address, and tells the run, which waits for it. Says nothing to
 * a run that has given us up, and nothing when `signal` is aborted.
 */
export async function confirmFromOutside(
  plan: DeployPlan,
  host: Host,
  ask: AskUrl,
  signal: AbortSignal,
): Promise<void> {
  const { confirm } = plan.details;
  if (confirm === undefined) return;
  const until = performance.now() + confirm.timeout;
  for (;;) {
    const found = await ask(confirm.url, signal);
    if (signal.aborted) return;
    if (found === confirm.status) return tell(plan, host, 'confirmed', answered(confirm.url, found), signal);
    if (performance.now() > until) return tell(plan, host, 'denied', answered(confirm.url, found), signal);
    await pause(PAUSE, undefined, { signal }).catch(() => {});
  }
}

const answered = (url: string, found: number | string) => `${url} → ${found}`;

async function tell(
  plan: DeployPlan,
  host: Host,
  word: 'confirmed' | 'denied',
  text: string,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    try {
      // In one move, so that it is not read before it is written.
      await host.run('printf "%s\\n" "$2" >"$1.new" && mv "$1.new" "$1"', {
        args: [`${runFolder(plan)}/${word}`, text],
        signal,
      });
      return;
    } catch (error) {
      if (!(error instanceof Problem)) return;
      await pause(PAUSE, undefined, { signal }).catch(() => {});
    }
  }
}
