import { join, posix } from 'node:path';
import { loadConfig } from '../config/load.ts';
import { EXIT, type ExitCode } from '../core/problem.ts';
import { findBranches } from '../hooks/install/config-file.ts';
import { type Finding, findings, type HealthFacts, type Repair } from '../hooks/install/findings.ts';
import { HOOKS, huskyFolder, INSTALLED, RECORDED_NODE } from '../hooks/install/hook-file.ts';
import { hooksElsewhere } from '../hooks/install/hookless-branch.ts';
import { lookAtSetup, type SetupFacts } from '../hooks/install/look.ts';
import { planSetup } from '../hooks/install/plan.ts';
import { garbledShims } from '../hooks/install/shims.ts';
import { placePlanned, writePlaced } from '../hooks/install/write-planned.ts';
import { recover } from '../hooks/staged/change.ts';
import type { StagedPorts } from '../hooks/staged/ports.ts';
import { withTool } from '../hooks/staged/tools.ts';
import { isAlive } from '../io/processes.ts';
import type { CommandModule, Context } from './command.ts';
import { installHusky, recordNode, recordSdk } from './install-hooks.ts';
import { stagedPorts } from './staged-ports.ts';

interface DoctorOptions {
  readonly fix?: boolean;
  readonly dryRun?: boolean;
}

export const declare: CommandModule['declare'] = (command, finish) => {
  command
    .option('--fix', 'put right what can be put right')
    .option('--dry-run', 'only look, whatever else is said')
    .action((options: DoctorOptions) => finish((context) => doctor(options, context)));
};

/** Tells what keeps an app's hooks from running. Ends with 3 while anything does. */
async function doctor({ fix = false, dryRun = false }: DoctorOptions, context: Context): Promise<ExitCode> {
  const ports = await stagedPorts(context);
  const found = findings(await lookAtHealth(ports));
  const repairs = new Set(fix && !dryRun ? found.flatMap(({ repair }) => repair ?? []) : []);
  for (const repair of repairs) await REPAIRS[repair](ports);
  const left = repairs.size > 0 ? findings(await lookAtHealth(ports)) : found;
  const repaired = found.filter(({ code, what }) => !left.some((one) => one.code === code && one.what === what));
  tell(context, repaired, left);
  return left.length === 0 ? EXIT.done : EXIT.refused;
}

async function lookAtHealth(ports: StagedPorts): Promise<HealthFacts> {
  const { git, files, root, journal } = ports;
  const setup = await lookAtSetup(git, files, root);
  const place = join(root, huskyFolder(setup.folder), '_');
  const shims = await files.list(place);
  const runs = await Promise.all(HOOKS.map((name) => files.isExecutable(join(place, name))));
  return {
    ...setup,
    shims,
    garbled: await garbledShims(
      files,
      join(root, huskyFolder(setup.folder)),
      ['h', ...HOOKS].filter((name) => shims.includes(name)),
    ),
    notExecutable: HOOKS.filter((name, index) => shims.includes(name) && !runs[index]),
    switchedOff: await switchedOff(ports),
    tagshipInstalled: await files.exists(posix.join(root, setup.folder, INSTALLED, 'main.js')),
    sdk: await lookForSdk(ports),
    node: await lookForNode(ports),
    elsewhere: await lookElsewhere(ports, setup),
    unfinishedCommit: (await journal.read()).length > 0,
  };
}

/** Hooks that are here are looked at as they are. */
async function lookElsewhere({ git, files, root }: StagedPorts, setup: SetupFacts): Promise<HealthFacts['elsewhere']> {
  if ([...setup.hooks.values()].some((content) => content !== undefined)) return undefined;
  const { release } = await loadConfig(files, root);
  const { main = release.branches.main, develop = release.branches.develop } = setup.hasConfig
    ? release.branches
    : findBranches(setup.branches);
  const found = await hooksElsewhere(git, [develop, main], setup.folder);
  return found === undefined ? undefined : { ...found, main, develop };
}

/** husky reads a file of the user's before every hook. */
async function switchedOff({ environment, files }: StagedPorts): Promise<HealthFacts['switchedOff']> {
  if (environment.HUSKY === '0') return { file: undefined };
  const home = environment.HOME ?? environment.USERPROFILE ?? '';
  const file = posix.join(environment.XDG_CONFIG_HOME || `${home}/.config`, 'husky/init.sh');
  return /^\s*(export\s+)?HUSKY=["']?0\b/m.test((await files.readText(file)) ?? '') ? { file } : undefined;
}

async function lookForSdk(ports: StagedPorts): Promise<HealthFacts['sdk']> {
  const { checks } = await loadConfig(ports.files, ports.root);
  const found = (environment: StagedPorts['environment']) =>
    withTool({ ...ports, environment }, 'dart', checks, 'pubspec.yaml').then(
      () => true,
      () => false,
    );
  if (!(await found(ports.environment))) return 'missing';
  return (await found({ ...ports.environment, PATH: '', Path: '' })) ? 'known' : 'on PATH only';
}

async function lookForNode(ports: StagedPorts): Promise<HealthFacts['node']> {
  const recorded = await recordedPath(ports, RECORDED_NODE);
  if (recorded === undefined) return 'not recorded';
  return (await ports.files.isExecutable(recorded)) ? 'known' : 'gone';
}

/** What was written down in a file of git's common folder; undefined when nothing was. */
async function recordedPath({ files, commonDir }: StagedPorts, name: string): Promise<string | undefined> {
  return (await files.readText(join(commonDir, name)))?.trimEnd() || undefined;
}

const REPAIRS: Readonly<Record<Repair, (ports: StagedPorts) => Promise<void>>> = {
  husky: async ({ git, files, root }) => {
    const { folder } = await lookAtSetup(git, files, root);
    // husky leaves the mode of a shim that is there as it is.
    for (const name of HOOKS) await files.remove(join(root, huskyFolder(folder), '_', name));
    await installHusky(root, huskyFolder(folder));
  },
  hooks: async ({ git, files, root }) => {
    const plan = planSetup(await lookAtSetup(git, files, root), { hooks: true, workflow: false });
    const hooks = plan.files.filter(({ path }) => plan.husky !== undefined && path.startsWith(`${plan.husky}/`));
    await writePlaced(files, await placePlanned(files, root, hooks));
    if (plan.husky !== undefined) await installHusky(root, plan.husky);
  },
  sdk: async ({ root, commonDir }) => {
    await recordSdk(root, commonDir);
  },
  node: ({ commonDir }) => recordNode(commonDir),
  commit: async (ports) => {
    await recover(ports, isAlive);
  },
};

function tell({ terminal, json }: Context, repaired: readonly Finding[], left: readonly Finding[]): void {
  if (json) {
    const outcome = left.length > 0 ? 'unhealthy' : repaired.length > 0 ? 'repaired' : 'healthy';
    const exit = left.length > 0 ? EXIT.refused : EXIT.done;
    terminal.out(`${JSON.stringify({ outcome, exit, repaired, findings: left })}\n`);
  }
  for (const { what } of repaired) terminal.err(`✔ put right: ${what}\n`);
  for (const { what, why, fix } of left) {
    terminal.err(`✘ ${what}\n${why === undefined ? '' : `  ${why}\n`}  next: ${fix}\n`);
  }
  if (left.length === 0) terminal.err('hooks run as they should\n');
}
