import { EXIT, type ExitCode, Problem } from '../core/problem.ts';
import { runUserHook } from '../core/user-hook.ts';
import type { DeployPlan } from '../deploy/plan-shape.ts';
import { openGit } from '../io/git.ts';
import { locateRepository } from '../io/repository.ts';
import type { Context } from './command.ts';
import type { NamedEnvironment } from './environment.ts';
import { renderEvent } from './render.ts';

export interface DeploymentHooks {
  /** @throws Problem `hook-failed`: nothing has begun yet */
  before(plans: readonly DeployPlan[]): Promise<void>;
  /** One that fails comes too late and only warns. None where the hosts go on without us, or for another. */
  after(plans: readonly DeployPlan[], end: { readonly outcome: string; readonly exit: ExitCode }): Promise<void>;
}

export function hasHooks({ config: { hooks } }: NamedEnvironment): boolean {
  return [hooks.before, hooks.after].some((points) => Object.values(points).some((command) => command !== undefined));
}

/** The commands that the user has put around a deployment. They run where tagship is called, in the root of the repository. */
export async function openHooks(context: Context, { name, config }: NamedEnvironment): Promise<DeploymentHooks> {
  const { terminal, signal, cwd } = context;
  const folder = await locateRepository(openGit(cwd, process.env)).then(
    ({ root }) => root,
    () => cwd,
  );
  const run = async (point: string, command: string, plans: readonly DeployPlan[], more: Record<string, string>) => {
    const { shellRunner } = await import('../io/command-runner.ts');
    const report = (event: Parameters<typeof renderEvent>[0]) => terminal.err(renderEvent(event, terminal));
    const hook = { name: point, step: point, command, folder, env: { ...variablesOf(name, plans), ...more } };
    return runUserHook({ commands: shellRunner(process.env), report, signal }, hook);
  };
  const kindOf = (plans: readonly DeployPlan[]) => plans[0]?.details.about.kind ?? 'deploy';
  return {
    before: async (plans) => {
      const kind = kindOf(plans);
      const command = config.hooks.before[kind];
      const failure = command === undefined ? undefined : await run(`before ${kind}`, command, plans, {});
      if (failure !== undefined) throw hookFailed(`before ${kind}`, command ?? '', failure);
    },
    after: async (plans, { outcome, exit }) => {
      // Locked: this one has changed nothing, and the other tells how it ends.
      if (signal.aborted || exit === EXIT.locked) return;
      const point = exit === EXIT.done ? kindOf(plans) : 'failure';
      const command = config.hooks.after[point];
      if (command === undefined) return;
      const more = { TAGSHIP_OUTCOME: outcome, TAGSHIP_EXIT: String(exit) };
      const failure = await run(`after ${point}`, command, plans, more);
      if (failure !== undefined) terminal.err(`  ! after ${point}: ended with status ${failure.exitCode}\n`);
    },
  };
}

function variablesOf(environment: string, plans: readonly DeployPlan[]): Record<string, string> {
  const [plan] = plans;
  const about = plan?.details.about;
  return {
    TAGSHIP_ENVIRONMENT: environment,
    TAGSHIP_TAG: about?.tag ?? '',
    TAGSHIP_VERSION: plan?.details.versions.new ?? '',
    TAGSHIP_PREVIOUS: about?.previous.tag ?? '',
    TAGSHIP_WHO: about?.who ?? '',
    TAGSHIP_HOSTS: plans.map(({ details }) => details.host).join(' '),
  };
}

function hookFailed(
  name: string,
  command: string,
  { exitCode, tail }: { readonly exitCode: number | undefined; readonly tail: readonly string[] },
): Problem {
  return new Problem({
    code: 'hook-failed',
    what: `the command "${name}" failed (${command}, status ${exitCode ?? 'unknown'}); nothing has changed on any host`,
    why: tail.slice(-20).join('\n'),
    fix: 'mend it and run the same command again',
    exit: EXIT.refused,
  });
}
