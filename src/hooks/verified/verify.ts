import { createHash } from 'node:crypto';
import { posix } from 'node:path';
import type { ChecksConfig } from '../../config/schema.ts';
import type { Git } from '../../io/ports.ts';
import { type GateCommands, gateCommands, toolOf } from '../gates/gate-commands.ts';
import { type GatePorts, runGates } from '../gates/gates.ts';
import { type Package, packagesOf, pubspecPaths, type TreeFile } from '../gates/packages.ts';
import { pathWith } from '../gates/search-path.ts';
import { withSnapshot } from '../gates/snapshot.ts';
import { findToolchain, type Toolchain, type ToolchainPorts } from '../gates/toolchain.ts';
import { wantedPackages } from '../gates/wanted-packages.ts';
import type { Attestations } from './attestations.ts';
import type { ContextFact } from './context.ts';
import { again, cameMeanwhile, changedByGates, type Difference, elsewhere } from './difference.ts';
import { type Input, inputsOf, verdictKey } from './key.ts';
import { reachesFar } from './reach.ts';

export interface VerifyPorts extends GatePorts, ToolchainPorts {
  readonly git: Git;
  readonly attestations: Attestations;
}

export interface VerifyRequest {
  /** Commit or tree whose files are judged. */
  readonly tree: string;
  readonly checks: ChecksConfig;
  /** Only packages that differ from this commit or tree are judged; undefined: all. */
  readonly since?: string | undefined;
  /** Only these packages and those they are built from; undefined: all. */
  readonly folders?: readonly string[] | undefined;
  /**
   * What the working tree has else than what is judged, at these paths ('' for everything). Asked before and after.
   * Undefined where there is no working tree to be had: then what passed in one does not count either.
   */
  readonly changes?: ((paths: readonly string[]) => Promise<readonly Difference[]>) | undefined;
}

export interface VerifyOutcome {
  /** Folders of the packages whose gates ran now. */
  readonly ran: readonly string[];
  /** Of those that had passed before, in the same state. */
  readonly known: readonly string[];
  /** Whether everything judged is remembered. */
  readonly remembered: boolean;
  /** Why not, each in a few words and told: what the gates change, or what reaches outside. */
  readonly obstacles: readonly string[];
  /** What has to hold for the verdicts to be found again. */
  readonly facts: readonly ContextFact[];
}

/** A package and all that its verdict depends on. */
interface Candidate {
  readonly package: Package;
  readonly commands: GateCommands;
  readonly toolchain: Toolchain | undefined;
  readonly inputs: readonly Input[];
  /** Whether these are the whole tree, because the package leads its tools out of its folders. */
  readonly isFar: boolean;
  readonly key: string;
}

/**
 * Makes sure that every package passes its gates: from memory where one has passed in just this state, otherwise by
 * running them, in the working tree when it is the same as what is judged, else in a snapshot. Only what was tested is
 * remembered.
 * @throws Problem or Refusals as {@link runGates} and {@link findToolchain}
 */
export async function verify(ports: VerifyPorts, request: VerifyRequest): Promise<VerifyOutcome> {
  const { known, open } = await findCandidates(ports, request);
  const obstacles = open.length === 0 ? [] : await judge(ports, request, open);
  for (const text of shown(obstacles)) ports.report({ type: 'note', text });
  const facts = [...known, ...open].flatMap(({ toolchain }) => toolchain?.facts ?? []);
  const remembered = obstacles.length === 0;
  return { ran: open.map(folderOf), known: known.map(folderOf), remembered, obstacles, facts: unique(facts) };
}

/** What {@link verify} would do, and nothing of it done. */
export async function planVerification(
  ports: VerifyPorts,
  request: VerifyRequest,
): Promise<{ readonly known: readonly string[]; readonly open: readonly Pick<Candidate, 'package' | 'commands'>[] }> {
  const { known, open } = await findCandidates(ports, request);
  return { known: known.map(folderOf), open };
}

/** The packages to judge: those that passed in just this state, and those whose gates have to run. */
async function findCandidates(
  ports: VerifyPorts,
  request: VerifyRequest,
): Promise<Readonly<Record<'known' | 'open', readonly Candidate[]>>> {
  const { git, attestations } = ports;
  const before = request.since === undefined ? undefined : await listTree(git, request.since);
  const listing = await listTree(git, request.tree);
  const packages = await choosePackages(ports, listing.files, request);
  const place = request.changes === undefined ? 'snapshot' : 'working tree';
  const known: Candidate[] = [];
  const open: Candidate[] = [];
  for (const chosen of packages) {
    const candidate = await candidateOf(ports, request.checks, chosen, listing);
    const { inputs, commands, isFar } = candidate;
    if (Object.values(commands).every((command) => command === false)) continue;
    if (before !== undefined && isSame(inputs, inputsOf(before.files, before.root, chosen, commands, isFar))) continue;
    const passed = !chosen.reachesOutside && (await attestations.hasPackage(candidate.key, place));
    (passed ? known : open).push(candidate);
  }
  return { known, open };
}

const folderOf = ({ package: { folder } }: Candidate) => folder;

/** Runs the gates, and remembers what may be remembered. Hands over why the rest may not. */
async function judge(
  ports: VerifyPorts,
  request: VerifyRequest,
  open: readonly Candidate[],
): Promise<readonly string[]> {
  const paths = open.flatMap(({ inputs }) => inputs.map(({ path }) => path));
  const differing = await request.changes?.(paths);
  if (differing !== undefined && differing.length > 0) ports.report({ type: 'note', text: elsewhere(differing) });
  const came = differing?.length === 0 ? await passInPlace(ports, request, open, paths) : undefined;
  const inPlace = came !== undefined;
  const changed = came?.map(cameMeanwhile) ?? (await passInSnapshot(ports, request, open)).map(changedByGates);
  const obstacles = [...changed];
  for (const candidate of open) {
    const obstacle = await obstacleOf(ports, request.checks, candidate);
    if (obstacle !== undefined) obstacles.push(obstacle);
    else if (changed.length === 0)
      await ports.attestations.addPackage(candidate.key, inPlace ? 'working tree' : 'snapshot');
  }
  return obstacles;
}

/**
 * Hands over what came while the gates ran, which most likely made it. Undefined where something of what is judged changed:
 * that was perhaps not what they saw.
 */
async function passInPlace(
  ports: VerifyPorts,
  request: VerifyRequest,
  open: readonly Candidate[],
  paths: readonly string[],
): Promise<readonly string[] | undefined> {
  await runAll(ports, request, open, ports.root);
  const differences = (await request.changes?.(paths)) ?? [];
  if (differences.length === 0) return [];
  const judged = new Set((await listTree(ports.git, request.tree)).files.map(({ path }) => path));
  const changed = differences.find((one) => !('path' in one) || judged.has(one.path));
  if (changed !== undefined) ports.report({ type: 'note', text: again(changed) });
  return changed === undefined ? differences.flatMap((one) => ('path' in one ? one.path : [])) : undefined;
}

/** Hands over which files of the snapshot the gates have changed: with those as they are committed nothing has passed. */
function passInSnapshot(
  ports: VerifyPorts,
  request: VerifyRequest,
  open: readonly Candidate[],
): Promise<readonly string[]> {
  return withSnapshot(ports.git, ports.files, request.tree, async ({ folder, changed }) => {
    await runAll(ports, request, open, folder);
    return changed();
  });
}

const SHOWN = 5;

function shown(obstacles: readonly string[]): readonly string[] {
  const lines = obstacles.slice(0, SHOWN).map((obstacle) => `  ! not remembered: ${obstacle}`);
  return obstacles.length > SHOWN ? [...lines, `  ! and ${obstacles.length - SHOWN} more`] : lines;
}

async function obstacleOf(ports: VerifyPorts, checks: ChecksConfig, candidate: Candidate): Promise<string | undefined> {
  const name = candidate.package.folder || 'the package';
  if (candidate.package.reachesOutside) return `${name} is built from files outside the repository`;
  return (await hasSameToolchain(ports, checks, candidate)) ? undefined : `the SDK of ${name} changed meanwhile`;
}

async function runAll(
  ports: VerifyPorts,
  { checks }: VerifyRequest,
  open: readonly Candidate[],
  root: string,
): Promise<void> {
  for (const {
    package: { folder },
    commands,
    toolchain,
  } of open) {
    const env = toolchain === undefined ? {} : pathWith(ports.environment, ports.platform, toolchain.bin);
    await runGates(ports, { folder: posix.join(root, folder), name: folder, commands, checks, env });
  }
}

async function hasSameToolchain(
  ports: VerifyPorts,
  checks: ChecksConfig,
  { toolchain, package: { folder } }: Candidate,
) {
  if (toolchain === undefined) return true;
  return (await findToolchain(ports, toolchain.tool, checks.sdk, folder)).identity === toolchain.identity;
}

async function candidateOf(
  ports: VerifyPorts,
  checks: ChecksConfig,
  chosen: Package,
  { files, root }: Listing,
): Promise<Candidate> {
  const commands = gateCommands(checks, chosen);
  const tools = Object.values(commands).map(toolOf);
  const tool = tools.find((name) => name === 'flutter') ?? tools.find((name) => name === 'dart');
  const toolchain = tool === undefined ? undefined : await findToolchain(ports, tool, checks.sdk, chosen.folder);
  const isFar = await reachesFar(ports.git, files, chosen);
  const inputs = inputsOf(files, root, chosen, commands, isFar);
  const key = verdictKey({
    folder: chosen.folder,
    inputs,
    toolchain: toolchain?.identity,
    commands,
    coverage: checks.coverage,
  });
  return { package: chosen, commands, toolchain, inputs, isFar, key };
}

async function choosePackages(
  { git, report }: VerifyPorts,
  files: readonly TreeFile[],
  { checks, folders }: VerifyRequest,
): Promise<readonly Package[]> {
  const paths = pubspecPaths(files);
  const contents = await git.readObjects(paths.map((path) => files.find((file) => file.path === path)?.id ?? ''));
  const all = packagesOf(files, new Map(paths.map((path, index) => [path, contents[index]?.toString('utf8') ?? ''])));
  const { packages: wanted, note } = wantedPackages(all, checks.packages);
  if (note !== undefined) report({ type: 'note', text: note });
  if (folders !== undefined && all.length > 0) {
    const built = all.filter(({ folder }) => folders.includes(folder));
    const needed = new Set(built.flatMap(({ folder, dependencies }) => [folder, ...dependencies]));
    return wanted.filter(({ folder }) => needed.has(folder));
  }
  // A repository of another kind has the gates that are configured, and no others.
  return all.length > 0 ? wanted : [NO_PACKAGE];
}

const NO_PACKAGE: Package = { folder: '', kind: 'other', hasTests: false, dependencies: [], reachesOutside: false };

interface Listing {
  /** Stands for the whole: two listings with the same are the same. */
  readonly root: string;
  readonly files: readonly TreeFile[];
}

async function listTree(git: Git, treeish: string): Promise<Listing> {
  const output = await git.run(['ls-tree', '-r', '-t', '-z', '--full-tree', treeish]);
  const files = output.split('\0').flatMap((record) => {
    const [, mode, type, id, path] = /^(\d{6}) ([a-z]+) ([0-9a-f]+)\t(.+)$/s.exec(record) ?? [];
    if (type === undefined || id === undefined || path === undefined) return [];
    return [{ type, id, path, ...(mode === '120000' ? { isLink: true } : {}) }];
  });
  return { root: createHash('sha256').update(output).digest('hex'), files };
}

const isSame = (one: readonly Input[], other: readonly Input[]) => JSON.stringify(one) === JSON.stringify(other);

function unique(facts: readonly ContextFact[]): readonly ContextFact[] {
  return [...new Map(facts.map((fact) => [JSON.stringify(fact), fact])).values()];
}
