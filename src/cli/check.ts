import { loadConfig } from '../config/load.ts';
import type { Config } from '../config/schema.ts';
import { EXIT, type ExitCode, Problem } from '../core/problem.ts';
import { type CheckPushPorts, pushFacts } from '../hooks/push/check-push.ts';
import { pushConfigs } from '../hooks/push/push-configs.ts';
import { trackedTips } from '../hooks/push/range.ts';
import { searchUnpublished } from '../hooks/push/search-unpublished.ts';
import { currentBranch, defaultRemote, pushTarget } from '../hooks/push/target.ts';
import { stagedTree } from '../hooks/staged/staged-tree.ts';
import { planVerification, type VerifyOutcome, type VerifyRequest, verify } from '../hooks/verified/verify.ts';
import { changesOnDisk, changesSince, editsSince, workingTree } from '../hooks/verified/working-tree.ts';
import { diskFiles } from '../io/files.ts';
import { requireWorktree } from '../io/repository.ts';
import { configAt, openChecks } from './checks-workshop.ts';
import type { CommandModule, Context } from './command.ts';
import { printable } from './render.ts';

interface CheckOptions {
  readonly staged?: boolean;
  readonly tree?: string;
  readonly dryRun?: boolean;
}

export const declare: CommandModule['declare'] = (command, finish) => {
  command
    .option('--staged', 'what is staged, as a commit would have it')
    .option('--tree <rev>', 'a commit or tree, as it is in git')
    .option('--dry-run', 'say what would run, and run nothing')
    .action((options: CheckOptions) => finish((context) => check(options, context)));
};

/** Runs the quality gates now, and remembers what passed, so that a push does not wait for them. */
async function check(options: CheckOptions, context: Context): Promise<ExitCode> {
  if (options.staged && options.tree !== undefined) {
    const what = '--staged and --tree name two different things';
    throw new Problem({ code: 'usage', what, fix: 'tagship check --staged', exit: EXIT.usage });
  }
  const { ports, location } = await openChecks(context);
  if (options.tree === undefined) requireWorktree(location);
  const subject = await subjectOf(ports, options);
  const request = { ...subject, checks: subject.config.checks };
  if (options.dryRun) {
    tellPlan(context, await planVerification(ports, request), subject.words);
    return EXIT.done;
  }
  const outcome = await verify(ports, request);
  const pushable = subject.commit !== undefined && outcome.remembered;
  if (pushable) await allowPush(ports, subject.commit, subject.config, outcome);
  tell(context, outcome, subject.words);
  return EXIT.done;
}

interface Subject {
  readonly words: string;
  readonly tree: string;
  readonly config: Config;
  /** Set when exactly this commit is judged. */
  readonly commit?: string;
  readonly changes?: VerifyRequest['changes'];
}

async function subjectOf(ports: CheckPushPorts, { staged, tree }: CheckOptions): Promise<Subject> {
  const { git, files } = ports;
  if (staged) return subjectAt(ports, await stagedTree(git, files), 'what is staged');
  if (tree !== undefined) {
    const found = await git.try(['rev-parse', '--verify', '--quiet', '--end-of-options', `${tree}^{tree}`]);
    if (found.exitCode !== 0) throw unknownTree(tree);
    const commit = await git.try(['rev-parse', '--verify', '--quiet', '--end-of-options', `${tree}^{commit}`]);
    const id = commit.exitCode === 0 ? commit.stdout.trim() : undefined;
    const { changes: _, ...subject } = await subjectAt(ports, id ?? found.stdout.trim(), tree);
    // As a fresh clone would have it: in a folder of its own, whatever the working tree is.
    return { ...subject, ...(id === undefined ? {} : { commit: id }) };
  }
  const head = (await git.try(['rev-parse', '--verify', '--quiet', 'HEAD^{commit}'])).stdout.trim();
  if (head !== '' && (await editsSince(git, head, [''])).length === 0)
    return { ...(await subjectAt(ports, head, 'HEAD')), commit: head };
  const config = await loadConfig(diskFiles, ports.root);
  const onDisk = await workingTree(git, files);
  if (onDisk === undefined) throw blindSpots();
  const changes = (paths: readonly string[]) => changesOnDisk(ports, onDisk, paths);
  return { words: 'the working tree', tree: onDisk, config, changes };
}

async function subjectAt(ports: CheckPushPorts, tree: string, words: string): Promise<Subject> {
  const config = await configAt(ports.git, tree);
  if (config === undefined) throw unknownTree(tree);
  return { words, tree, config, changes: (paths) => changesSince(ports, tree, paths) };
}

/** Makes the next push of this commit instant: its new commits are searched for credentials now. */
async function allowPush(ports: CheckPushPorts, commit: string, config: Config, outcome: VerifyOutcome): Promise<void> {
  const { git, attestations } = ports;
  const remote = await defaultRemote(git, await currentBranch(git));
  if (remote === undefined) return;
  if (config.checks.secrets) await searchUnpublished(ports, [commit], remote);
  const { urls } = await pushTarget(git, remote);
  const tips = await trackedTips(git, remote);
  const found = await ports.configsAt([...new Set([commit, ...tips.values()])]);
  const head = (await ports.configAtHead()).config;
  const { protectedRefs } = pushConfigs({ head, found, commits: new Map(), tips });
  for (const url of urls) await attestations.addPush(commit, url, pushFacts(protectedRefs, outcome));
}

function tellPlan(
  { terminal, json }: Context,
  { known, open }: Awaited<ReturnType<typeof planVerification>>,
  words: string,
): void {
  const wouldRun = open.map(({ package: { folder }, commands }) => ({ folder, commands }));
  if (json) terminal.out(`${JSON.stringify({ outcome: 'planned', subject: words, wouldRun, known })}\n`);
  for (const { folder, commands } of wouldRun) {
    const lines = Object.entries(commands).flatMap(([gate, command]) => (command ? [`${gate}: ${command}`] : []));
    const place = folder === '' ? 'at the root' : `in ${folder}`;
    terminal.err(`would run ${place}:\n${lines.map((line) => `  ${printable(line)}\n`).join('')}`);
  }
  const nothing = known.length > 0 ? 'passed before' : 'nothing here has gates';
  if (wouldRun.length === 0) terminal.err(`${words}: ${nothing}, nothing would run\n`);
}

function tell({ terminal, json }: Context, { ran, known, remembered, obstacles }: VerifyOutcome, words: string): void {
  if (json)
    terminal.out(`${JSON.stringify({ outcome: 'passed', subject: words, ran, known, remembered, obstacles })}\n`);
  const none = ran.length + known.length === 0 ? ': nothing here has gates' : '';
  terminal.err(`${words} passed${ran.length === 0 && known.length > 0 ? ', as before' : ''}${none}\n`);
}

function unknownTree(tree: string): Problem {
  return new Problem({
    code: 'tree-unknown',
    what: `${tree} names no commit or tree`,
    fix: 'tagship check --tree HEAD',
    exit: EXIT.usage,
  });
}

function blindSpots(): Problem {
  return new Problem({
    code: 'files-unseen',
    what: 'git was told not to look at some files, so it is not known what would be tested',
    why: 'they are marked assume-unchanged or skip-worktree, or left out by a sparse checkout',
    fix: 'tagship check --tree HEAD (it tests the commit, in a folder of its own)',
    exit: EXIT.refused,
  });
}
