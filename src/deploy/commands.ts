import type { CommandConfig } from '../config/schema.ts';
import { shellJoin } from '../core/shell-quote.ts';
import type { HostStep } from './plan-shape.ts';

const STEP = 'command-';

/** Whether a step is a one-off command of the user's. */
export const isCommand = (step: string): boolean => step.startsWith(STEP);

/**
 * One-off commands in the images of the release, before it serves.
 * @param beside whether a release serves meanwhile: its containers are left alone. Otherwise the services that a command's own
 * depends on are started for it, which is a change that has to be taken back.
 */
export function commandSteps(commands: readonly CommandConfig[], tag: string, beside: boolean): readonly HostStep[] {
  return commands.map(({ run, service, timeout }, index) => ({
    id: `${STEP}${index + 1}`,
    title: `run ${typeof run === 'string' ? run : shellJoin(run)} in ${service} of ${tag}`,
    seconds: Math.ceil(timeout / 1000),
    kind: beside ? 'prepare' : 'change',
    release: 'new',
    call: [
      beside ? 'run_beside' : 'run_before_start',
      String(index + 1),
      service,
      ...(typeof run === 'string' ? ['shell', run] : ['words', ...run]),
    ],
  }));
}

/** Ends what a command that was given up left running; nothing where there are none. */
export function endCommands(commands: readonly CommandConfig[], kind: HostStep['kind']): readonly HostStep[] {
  if (commands.length === 0) return [];
  const title = 'see that no command of the release still runs';
  return [{ id: 'commands', title, seconds: 120, kind, release: 'new', call: ['end_commands'] }];
}
