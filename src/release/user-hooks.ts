import type { Report } from '../core/events.ts';
import { EXIT, Problem } from '../core/problem.ts';
import { runUserHook } from '../core/user-hook.ts';
import type { CommandRunner } from '../io/ports.ts';
import type { ReleasePlan } from './plan-types.ts';

type When = 'before' | 'after';

/** The user's command at a point of the release, e.g. before the push. */
export function commandAt({ details }: ReleasePlan, when: When, step: string): string | undefined {
  return Object.entries(details.hooks[when]).find(([name]) => name === step)?.[1];
}

interface HookRun {
  readonly command: string;
  readonly when: When;
  readonly step: string;
  readonly plan: ReleasePlan;
  /** Where it runs: the root of the repository. */
  readonly folder: string;
}

/**
 * Runs it, with the release in its environment.
 * @throws Problem `hook-failed` for a command before a step; one after a step comes too late and only warns.
 */
export async function runHook(
  ports: { commands: CommandRunner; report: Report; signal: AbortSignal },
  { command, when, step, plan, folder }: HookRun,
): Promise<void> {
  const name = `${when} ${step}`;
  const { packages, tags } = plan.details;
  const listed = (words: readonly string[]) => words.join(' ');
  const env = {
    TAGSHIP_TAG: listed(tags.map(({ name }) => name)),
    TAGSHIP_VERSION: listed(tags.map(({ version }) => version)),
    TAGSHIP_PUBSPEC_VERSION: listed(packages.map(({ pubspecVersion }) => pubspecVersion)),
  };
  const failure = await runUserHook(ports, { name, step, command, folder, env });
  if (failure === undefined) return;
  const { exitCode, tail } = failure;
  if (when === 'after') return ports.report({ type: 'note', text: `  ! ${name}: ended with status ${exitCode}` });
  const published = step === 'push';
  throw new Problem({
    code: 'hook-failed',
    what: `the command "${name}" failed (${command}, status ${exitCode ?? 'unknown'})`,
    why: tail.slice(-20).join('\n'),
    fix: published
      ? 'mend it, then: tagship release continue (or: tagship release abort)'
      : 'mend it and run the same command again',
    exit: published ? EXIT.resumable : EXIT.refused,
  });
}
