import type { Plan } from '../core/plan.ts';
import { renderPlan } from './render.ts';
import type { Terminal } from './terminal.ts';

/** Plans of several hosts as the user reads them before saying yes: steps that are the same are shown once. */
export function renderPlans(plans: readonly Plan<string, unknown>[], terminal: Terminal): string {
  const groups = new Map<string, Plan<string, unknown>[]>();
  for (const plan of plans) {
    const shown = JSON.stringify([plan.steps, plan.warnings]);
    groups.set(shown, [...(groups.get(shown) ?? []), plan]);
  }
  return [...groups.values()]
    .map((group) => {
      const [first] = group;
      const title = group.map((plan) => plan.title).join('\n');
      return first === undefined ? '' : renderPlan({ ...first, title }, terminal);
    })
    .join('');
}
