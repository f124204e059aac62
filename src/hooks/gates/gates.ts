import { posix } from 'node:path';
import type { ChecksConfig } from '../../config/schema.ts';
import type { Report } from '../../core/events.ts';
import { EXIT, Problem, refuseIfAny } from '../../core/problem.ts';
import type { CommandOptions, CommandOutcome, CommandRunner, Files } from '../../io/ports.ts';
import { coverageProblem } from './coverage.ts';
import { type GateCommands, withoutFetching } from './gate-commands.ts';
import { outputOf } from './gate-output.ts';
import { NOT_FOUND } from './not-found.ts';
import { testCommand } from './test-command.ts';
import { type TestRun, testFailure } from './test-summary.ts';

export interface GatePorts {
  readonly commands: CommandRunner;
  readonly files: Files;
  readonly report: Report;
  readonly signal: AbortSignal;
}

/** One package whose gates are run. */
export interface GateJob {
  /** Where the package's files are; absolute. */
  readonly folder: string;
  /** Its folder in the repository, '' for the root: told to the user where there are several. */
  readonly name: string;
  readonly commands: GateCommands;
  readonly checks: Pick<ChecksConfig, 'timeout' | 'coverage'>;
  /** Added to the environment, so that the chosen SDK comes first on PATH. */
  readonly env: Readonly<Record<string, string>>;
}

type GateName = keyof GateCommands;

/**
 * Runs the quality gates of one package: packages are fetched once, then analysis and tests run at the same time. The
 * first is shown as it speaks, the second when the first has ended, and every failure is told.
 * @throws Problem or Refusals `gate-failed`, `gate-timeout`, `gate-missing`, `coverage-low`, `coverage-missing` (exit
 *   3), `interrupted`
 */
export async function runGates(ports: GatePorts, job: GateJob): Promise<void> {
  const { get, analyze, test } = job.commands;
  if (get !== false) refuseIfAny(await runGate(ports, job, 'get', get));
  const output = outputOf(ports.report);
  const ready = (command: string) => (get === false ? command : withoutFetching(command));
  const running = [
    analyze === false ? [] : runGate(ports, job, 'analyze', ready(analyze), output.stream('analyze')),
    test === false ? [] : runTests(ports, job, ready(test), output.stream('test')),
  ];
  const problems = (await Promise.all(running)).flat();
  // The interruption is the reason for whatever else went wrong.
  const interrupted = problems.find(({ code }) => code === 'interrupted');
  refuseIfAny(interrupted === undefined ? problems : [interrupted]);
}

type Stream = ReturnType<ReturnType<typeof outputOf>['stream']>;

async function runGate(
  { commands, report, signal }: GatePorts,
  job: GateJob,
  name: GateName,
  command: string,
  stream?: Stream,
): Promise<readonly Problem[]> {
  report({ type: 'note', text: `  ${title(name, job)}: ${command}` });
  const outcome = await commands.run(command, {
    ...settings(job, signal),
    ...(stream === undefined ? {} : { onLine: stream.line }),
  });
  stream?.end();
  const failure = failed(outcome, signal);
  const why = { why: lastLines(outcome), seen: stream !== undefined && outcome.tail.length > 0 };
  return failure ? [gateProblem(name, command, outcome, job, signal, why)] : [];
}

async function runTests(ports: GatePorts, job: GateJob, command: string, stream: Stream): Promise<readonly Problem[]> {
  const { commands, files, report, signal } = ports;
  const { coverage } = job.checks;
  report({ type: 'note', text: `  ${title('test', job)}: ${command}` });
  return files.withTemporaryFolder(async (temporary) => {
    const plan = testCommand(command, coverage !== undefined, posix.join(temporary, 'lcov.info'));
    const trace = plan.tracefile ?? posix.join(job.folder, 'coverage/lcov.info');
    // Yesterday's would say nothing about today's tests.
    if (coverage !== undefined) await files.remove(trace);
    const outcome = await commands.run(plan.command, {
      ...settings(job, signal),
      onLine: (line, from) => {
        const run = from === 'stdout' ? plan.reader?.push(line) : undefined;
        if (run === undefined && line !== '') stream.line(line);
        if (run !== undefined) report({ type: 'progress', step: 'test', text: progressOf(run) });
      },
    });
    const run = plan.reader?.run();
    if (run !== undefined && isReadable(run)) stream.line(tally(run));
    stream.end();
    const failure = failed(outcome, signal) || run?.state === 'running' || run?.state === 'failed';
    if (failure) {
      const why =
        run === undefined || !isReadable(run)
          ? { why: lastLines(outcome), seen: outcome.tail.length > 0 }
          : { why: testFailure(run, outcome, job.folder) };
      return [gateProblem('test', command, outcome, job, signal, why)];
    }
    if (coverage === undefined) return [];
    const problem = coverageProblem(coverage, await files.readText(trace));
    return problem === undefined ? [] : [problem];
  });
}

const settings = (job: GateJob, signal: AbortSignal): CommandOptions => ({
  cwd: job.folder,
  timeout: job.checks.timeout,
  env: job.env,
  signal,
});

const isReadable = ({ state }: TestRun) => state !== 'unknown' && state !== 'foreign';

const progressOf = ({ passed, failures, current }: TestRun) =>
  `${passed} passed${failures.length > 0 ? `, ${failures.length} failed` : ''}${current === undefined ? '' : `: ${current}`}`;

function tally({ passed, skipped, failures }: TestRun): string {
  const parts = [`${passed} passed`, ...(skipped > 0 ? [`${skipped} skipped`] : [])];
  return [...parts, ...(failures.length > 0 ? [`${failures.length} failed`] : [])].join(', ');
}

const title = (name: GateName, { name: folder }: Pick<GateJob, 'name'>) =>
  folder === '' ? name : `${name} in ${folder}`;

const failed = ({ exitCode }: CommandOutcome, signal: AbortSignal) => exitCode !== 0 || signal.aborted;

const lastLines = ({ tail }: CommandOutcome) => tail.slice(-20).join('\n');

function gateProblem(
  name: GateName,
  command: string,
  { exitCode, timedOut }: CommandOutcome,
  job: GateJob,
  signal: AbortSignal,
  why: { readonly why: string; readonly seen?: boolean },
): Problem {
  if (signal.aborted) {
    const fix = 'run the same command again';
    return new Problem({ code: 'interrupted', what: 'interrupted: nothing has changed', fix, exit: EXIT.interrupted });
  }
  if (exitCode === NOT_FOUND) {
    return new Problem({
      code: 'gate-missing',
      what: `the gate "${title(name, job)}" cannot run: ${command.split(' ')[0]} was not found`,
      fix: `install it or put it on PATH, or set another command in tagship.yaml: checks: { ${name}: … } (false for none)`,
      exit: EXIT.refused,
    });
  }
  return new Problem({
    code: timedOut ? 'gate-timeout' : 'gate-failed',
    what: timedOut
      ? `the gate "${title(name, job)}" did not end within ${job.checks.timeout / 1000} s; nothing has changed`
      : `the gate "${title(name, job)}" failed (${command}, status ${exitCode ?? 'unknown'}); nothing has changed`,
    ...why,
    fix: 'mend it, commit, and run the same command again',
    exit: EXIT.refused,
  });
}
