import { shellJoin, shellQuote } from '../core/shell-quote.ts';
import { composeFunctions } from './compose.ts';
import aliveFunction from './host/alive.sh';
import answerFunctions from './host/checks/answer.sh';
import jsonFunctions from './host/checks/json.sh';
import clockFunction from './host/clock.sh';
import engineFunctions from './host/engine.sh';
import journalFunctions from './host/journal.sh';
import runnerScript from './host/runner.sh';
import settleRunScript from './host/settle.sh';
import backupFunctions from './host/steps/backup.sh';
import checkoutFunctions from './host/steps/checkout.sh';
import commandFunctions from './host/steps/commands.sh';
import commonFunctions from './host/steps/common.sh';
import confirmFunctions from './host/steps/confirm.sh';
import containerFunctions from './host/steps/containers.sh';
import stayFunctions from './host/steps/containers-stay.sh';
import editFunctions from './host/steps/edits.sh';
import environmentFunctions from './host/steps/environment.sh';
import environmentFileFunctions from './host/steps/environment-files.sh';
import externalFunctions from './host/steps/external.sh';
import gateFunctions from './host/steps/gate.sh';
import guardFunctions from './host/steps/guard.sh';
import hiddenValueFunctions from './host/steps/hidden-values.sh';
import imageFunctions from './host/steps/images.sh';
import portFunctions from './host/steps/ports.sh';
import preflightFunctions from './host/steps/preflight.sh';
import proofFunctions from './host/steps/proof.sh';
import registryFunctions from './host/steps/registry.sh';
import sentFunctions from './host/steps/sent.sh';
import unitFunctions from './host/steps/unit.sh';
import ownershipFunctions from './host/steps/whose-containers.sh';
import watchScript from './host/watch.sh';
import wordFunctions from './host/word.sh';
import { settleOpenScript } from './journal-readers.ts';
import type { DeployPlan, HostStep } from './plan-shape.ts';
import { releaseVariables } from './release-variables.ts';

const LISTS = ['forward', 'undo', 'revert'] as const;

export function runFolder(plan: DeployPlan): string {
  return `${plan.details.state}/runs/${plan.id}`;
}

/** The files of a run on the host, by path inside the run's folder. */
export function runFiles(plan: DeployPlan): ReadonlyMap<string, string> {
  const { about, compose, versions } = plan.details;
  const composeOf = (named: readonly string[] = compose.files) => composeFunctions(compose.program, named);
  const files = new Map<string, string>([
    ['plan.json', `${JSON.stringify(plan)}\n`],
    ['about.json', `${JSON.stringify(about)}\n`],
    ['folder', `${plan.details.path}\n`],
    ['clock.sh', clockFunction],
    ['alive.sh', aliveFunction],
    ['journal.sh', journalFunctions],
    ['engine.sh', engineFunctions],
    ['runner.sh', runnerScript],
    ['watch.sh', watchScript],
    ['settle.sh', settleRunScript],
    [
      'functions.sh',
      [
        commonFunctions,
        clockFunction,
        journalFunctions,
        answerFunctions,
        jsonFunctions,
        externalFunctions,
        guardFunctions,
        checkoutFunctions,
        editFunctions,
        imageFunctions,
        preflightFunctions,
        ownershipFunctions,
        portFunctions,
        registryFunctions,
        sentFunctions,
        commandFunctions,
        containerFunctions,
        stayFunctions,
        proofFunctions,
        confirmFunctions,
        wordFunctions,
        gateFunctions,
        environmentFileFunctions,
        hiddenValueFunctions,
        environmentFunctions,
        backupFunctions,
        // Last: it may put another `compose` in place.
        unitFunctions,
      ].join('\n'),
    ],
    ['new.env', environmentFile('new', about.tag, versions.new, composeOf(about.compose))],
    [
      'previous.env',
      environmentFile('previous', about.previous.tag, versions.previous, composeOf(about.previous.compose)),
    ],
  ]);
  for (const list of LISTS) {
    const steps = plan.details[list].map((step, index) => ({ step, file: fileName(step, index) }));
    files.set(`${list}.list`, steps.map(({ step, file }) => `${file} ${step.seconds} ${step.kind}\n`).join(''));
    for (const { step, file } of steps) files.set(`${list}/${file}`, stepScript(step));
  }
  return files;
}

/** The runner takes a step's id from its file's name. */
function fileName({ id }: HostStep, index: number): string {
  return `${String(index + 1).padStart(2, '0')}-${id}.sh`;
}

function stepScript({ release, call }: HostStep): string {
  return `. "$TAGSHIP_RUN/${release}.env"\n. "$TAGSHIP_RUN/functions.sh"\n${shellJoin(call)}\n`;
}

/** What the Compose file of one release sees. */
function environmentFile(
  release: HostStep['release'],
  tag: string | undefined,
  version: string | undefined,
  compose: string,
): string {
  return `release=${release}\n${releaseVariables(tag, version)}${compose}\n`;
}

/** How a runner is made to outlive the login that starts it. */
const LAUNCH: Readonly<Record<DeployPlan['details']['launch'], string>> = {
  setsid: 'setsid',
  'systemd-run': 'systemd-run --user --scope --collect --quiet setsid',
};

/**
 * Writes a run to the host and starts its runner, detached: it is in a session of its own and holds no file of ours, so
 * neither a lost link nor a closed terminal reaches it. Succeeds when the runner has said that it begins (`started`, which
 * is handed on; the lock is taken) or that it does not (`refused`: its log says why), whatever was said before it by what
 * launches it. When it fails, the runner has not begun and never will.
 */
export function startScript(plan: DeployPlan): string {
  const run = shellQuote(runFolder(plan));
  const writes = [...runFiles(plan)].map(
    ([path, content]) => `printf %s ${shellQuote(content)} >${run}/${shellQuote(path)}`,
  );
  return [
    'set -eu',
    'users_umask=$(umask)',
    'umask 077',
    `mkdir -p ${run} ${LISTS.map((list) => `${run}/${list}`).join(' ')}`,
    ...writes,
    // Replaced in one move: systemd may be about to run it.
    `printf %s ${shellQuote(settleOpenScript)} >${run}/settle-open.sh && mv ${run}/settle-open.sh ${shellQuote(`${plan.details.state}/settle-open.sh`)}`,
    `echo "$users_umask" >${run}/umask`,
    `: >${run}/log`,
    `cd ${shellQuote(plan.details.path)}`,
    `said=$(${LAUNCH[plan.details.launch]} sh ${run}/runner.sh ${run} </dev/null 2>&1 &)`,
    `case $said in started | *'\n'started) echo started ;; refused | *'\n'refused) ;; *) printf '%s\\n' "$said" >&2; exit 1 ;; esac`,
  ].join('\n');
}

/** Has the host end a run whose runner died, detached as a run is. Ends when that has begun, or is not needed any more. */
export function settleScript(plan: DeployPlan): string {
  const run = shellQuote(runFolder(plan));
  const launch = LAUNCH[plan.details.launch];
  return `umask 077\n: "$(${launch} sh ${run}/settle.sh ${run} deploy </dev/null 2>&1 &)"`;
}
