import { EXIT, type ExitCode } from '../core/problem.ts';
import type { DeployPlan } from '../deploy/plan-shape.ts';
import { announce } from './announce.ts';
import type { Context } from './command.ts';
import type { NamedEnvironment } from './environment.ts';
import type { HostReport } from './host-report.ts';

export interface DeploymentEnd {
  readonly outcome: string;
  readonly exit: ExitCode;
  readonly reports: readonly HostReport[];
}

/** Tells the web hooks how a deployment or a rollback ended; nothing where they go on without us, or for another. */
export async function announceDeployment(
  { terminal, signal }: Context,
  { name, notify }: NamedEnvironment,
  [plan]: readonly DeployPlan[],
  { outcome, exit, reports }: DeploymentEnd,
): Promise<void> {
  if (plan === undefined || signal.aborted || exit === EXIT.locked || notify.length === 0) return;
  const { about, versions } = plan.details;
  const { kind, tag, who } = about;
  const isDone = exit === EXIT.done;
  const event =
    kind === 'deploy' ? (isDone ? 'deployed' : 'deploy-failed') : isDone ? 'rolled-back' : 'rollback-failed';
  const hosts = reports.map(({ host, outcome, serves }) => ({ host, outcome, serves }));
  const news = { event, environment: name, tag, version: versions.new, who, outcome, exit, hosts } as const;
  await announce(terminal, notify, [{ ...news, text: textOf(name, plan, isDone, reports) }]);
}

function textOf(environment: string, plan: DeployPlan, isDone: boolean, reports: readonly HostReport[]): string {
  const { kind, tag, who } = plan.details.about;
  if (isDone) return kind === 'deploy' ? `${tag} serves on ${environment}` : `${environment} is back at ${tag}`;
  const verb = kind === 'deploy' ? 'deployed to' : 'brought back to';
  const serving = reports.map(({ host, serves }) => {
    const what = serves === undefined ? 'it is not known what serves' : `${serves ?? 'nothing'} serves`;
    return reports.length === 1 ? what : `${host}: ${what}`;
  });
  return `${tag} was not ${verb} ${environment} (by ${who}): ${serving.join(', ')}`;
}
