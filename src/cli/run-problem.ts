import { EXIT, Problem } from '../core/problem.ts';
import type { RunResult } from '../deploy/act.ts';
import { commandFor } from '../deploy/command-for.ts';
import { isCommand } from '../deploy/commands.ts';
import { CONFIRM_STEP } from '../deploy/confirm.ts';
import type { DeployPlan } from '../deploy/plan-shape.ts';
import { type FailedStep, NOTICE } from '../deploy/progress.ts';
import { lockedProblem } from '../deploy/refusals.ts';
import { nameOf, type Previous } from '../deploy/run.ts';

/** What the user is told about a run that did not succeed; undefined for one that did. */
export function runProblem(plan: DeployPlan, { outcome, failed }: RunResult, environment: string): Problem | undefined {
  const { host, about } = plan.details;
  const { tag, previous } = about;
  const why = failed === undefined ? undefined : [`${failed.title}:`, ...toldOf(failed)].join('\n');
  const status = `tagship status ${environment}`;
  const problem = (code: string, what: string, fix: string, exit: Problem['exit'], reason = why) =>
    new Problem({ code, what, ...(reason === undefined ? {} : { why: reason }), fix, exit });
  switch (outcome) {
    case 'succeeded':
      return undefined;
    case 'failed': {
      if (failed !== undefined && isCommand(failed.id)) {
        const what = `${tag} was not deployed to ${host}: a command of it failed, and ${nameOf(previous)} serves on`;
        const fix = `see what the command has done to the data, mend it and release again, then: tagship deploy ${environment}`;
        return problem('command-failed', what, fix, EXIT.refused);
      }
      const fix = nextAfterNothing(plan, failed);
      return problem(
        'deploy-failed',
        `${tag} was not deployed to ${host}; nothing has changed there`,
        fix,
        EXIT.refused,
      );
    }
    case 'rolled_back': {
      if (failed?.id === 'keep') {
        const reason = 'onFailure is revert-all: none keeps what not every host has proved';
        const what = `${tag} was taken back on ${host}: ${whatIsBack(previous)}`;
        return problem('taken-back', what, status, EXIT.rolledBack, reason);
      }
      return problem(
        'rolled-back',
        `${tag} did not come up healthy on ${host}: ${whatIsBack(previous)}`,
        status,
        EXIT.rolledBack,
      );
    }
    case 'needs_hands': {
      const what = `${tag} did not come up on ${host}, and ${whatIsNotBack(previous)}`;
      return problem('rollback-failed', what, nextForHands(plan), EXIT.needsHands);
    }
    case 'locked':
      return lockedProblem(host, environment);
    case 'interrupted': {
      const what = `the run on ${host} was ended from outside before it was done`;
      return problem(
        'run-interrupted',
        what,
        `${status}   (then deploy again, or: tagship rollback ${environment})`,
        EXIT.resumable,
      );
    }
    case 'unknown': {
      const reason =
        'if it has begun, the host goes on by itself, and takes the release back if it does not come up healthy';
      return problem('link-lost', `we were cut off from ${host} during the deployment`, status, EXIT.resumable, reason);
    }
    case 'detached': {
      const alone = plan.details.forward.some(({ id }) => id === 'keep' || id === CONFIRM_STEP)
        ? 'takes the release back: nobody is here to say that it may stay'
        : 'takes the release back if it does not come up healthy';
      const reason = `the host goes on by itself, and ${alone}`;
      return problem('detached', `stopped watching ${host}`, status, EXIT.interrupted, reason);
    }
  }
}

/** Data are never discarded by themselves: whoever has to mend it is told of that way, too. */
function nextForHands({ details: { about, host, path } }: DeployPlan): string {
  const look = `tagship status ${about.environment}   (then on ${host}, in ${path}: docker compose ps)`;
  if (about.method === 'backup') return look;
  const { environment, previous } = about;
  // One that was never deployed cannot be asked for; its Compose files were recorded with it.
  const isDeployed = previous.serving && previous.tag !== undefined && previous.compose !== undefined;
  const to = commandFor({ kind: 'rollback', environment, tag: previous.tag });
  const again = isDeployed ? `; to try the way back once more: ${to}` : '';
  const restore = commandFor({ kind: 'rollback', environment, method: 'backup' });
  return `${look}${again}; if its data are spoilt, too: ${restore}   (what was written since is lost)`;
}

/** Of everything that is in the way nothing may be left out; of what a step said its end tells most. */
function toldOf({ id, lines }: FailedStep): readonly string[] {
  const said = lines.filter((line) => !line.startsWith(NOTICE));
  return id === 'preflight' ? said.slice(0, -1) : said.slice(-15);
}

/** @param waited whether its run had begun, and waited for its images, or for the others, when the user broke it off */
export function interruptedBefore({ details: { about, host } }: DeployPlan, waited = false): Problem {
  return new Problem({
    code: 'interrupted',
    what: `interrupted before anything was changed on ${host}; nothing is changed there`,
    ...(waited ? { why: 'a run that waits for us is told to let go' } : {}),
    fix: commandFor(about),
    exit: EXIT.interrupted,
  });
}

/** A host that we lost before it was told to change anything. */
export function cutOffBefore({ details: { host } }: DeployPlan, environment: string): Problem {
  return new Problem({
    code: 'cut-off',
    what: `we were cut off from ${host} before it was told to go on; nothing has changed there`,
    why: 'it has the lock, hears nothing more of us, and lets go by itself',
    fix: `see that it is reachable: tagship status ${environment}`,
    exit: EXIT.refused,
  });
}

function whatIsBack(previous: Previous): string {
  if (previous.serving) return `${nameOf(previous)} serves again`;
  if (previous.stopped) return `${nameOf(previous)} is back as it was, stopped: nothing serves`;
  return 'nothing served before, and nothing does now';
}

function whatIsNotBack(previous: Previous): string {
  if (previous.serving || previous.stopped) return `${nameOf(previous)} did not come back either`;
  return 'what it started could not be taken down';
}

/** What fails in them is not mended by another release. */
const HOST_STEPS: readonly string[] = ['present', 'fetch', 'export', 'backup'];

/** They fail where what was kept of a release is gone. */
const KEPT_STEPS: readonly string[] = ['unit', 'images'];

/** Of a host that has moved on since it was planned for, or that waited in vain for us: the same command makes a new plan. */
function nextAfterNothing({ details }: DeployPlan, failed: FailedStep | undefined): string {
  const failedStep = failed?.id;
  const { kind, environment } = details.about;
  const again = commandFor(details.about);
  if (failed?.endedFromOutside || failedStep === 'guard' || failedStep === 'hold') return again;
  // What was built on the host and is gone, only git can have built again.
  if (details.about.method === 'image' && KEPT_STEPS.includes(failedStep ?? '')) {
    return `mend it, then: ${again}; or, where it was built there: ${commandFor({ ...details.about, method: 'git' })}   (builds it again)`;
  }
  if (failedStep === 'preflight') {
    return `mend that, then: ${again}${kind === 'deploy' ? '   (or the release that mends it)' : ''}`;
  }
  return kind === 'rollback' || HOST_STEPS.includes(failedStep ?? '')
    ? `mend it, then: ${again}`
    : `mend it, release again, then: tagship deploy ${environment}`;
}
