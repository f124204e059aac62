import { EXIT, Problem } from '../../core/problem.ts';
import type { Files, Git, Programs } from '../../io/ports.ts';
import { place, readIgnored, withoutIgnored } from './allow.ts';
import { type GitleaksOutcome, runGitleaks } from './gitleaks.ts';
import { type IsolatedRepository, withIsolatedRepository } from './isolated-repository.ts';
import { type CommitRange, IN_RANGE, lookUpRange, markRange } from './range.ts';
import type { ScanReport } from './report.ts';
import { walkRange } from './walk.ts';

export interface ScanPorts {
  readonly git: Git;
  readonly files: Files;
  readonly programs: Programs;
}

/**
 * Looks for secrets in every line that the commits add, be it removed again by a later one. gitleaks looks as well when it
 * is on PATH. What is allowed is read from `.gitleaksignore` as the included commits have it.
 * @throws Problem `unknown-commit`; `secrets-unscanned` when commits were not looked at
 */
export async function scanCommits(ports: ScanPorts, commits: CommitRange): Promise<ScanReport> {
  if (commits.include.length === 0)
    return { scanner: 'built-in', commits: 0, bytes: 0, findings: [], notes: [], ...STRAIGHT };
  const looking = lookUpRange(ports.git, commits, ALLOWANCE_FILES);
  // Waited for below; until then nobody else hears of its failure.
  looking.catch(() => {});
  return withIsolatedRepository(ports.git, ports.files, async (repository) => {
    const { range, files } = await looking;
    return scanInIsolation(ports, repository, range, await readAllowance(ports.git, files));
  });
}

/** What the repository itself says about scanning. */
export interface Allowance {
  readonly ignored: ReadonlySet<string>;
  /** The texts of `.gitleaks.toml`, each once. */
  readonly configurations: readonly string[];
}

const ALLOWANCE_FILES = ['.gitleaksignore', '.gitleaks.toml'] as const;

/** @param objects names of the content of each of {@link ALLOWANCE_FILES}, wherever it is to be read */
export async function readAllowance(git: Git, objects: readonly (readonly string[])[]): Promise<Allowance> {
  const texts = (await git.readObjects(objects.flat())).map((content) => content?.toString('utf8'));
  const count = objects[0]?.length ?? 0;
  const ignored = readIgnored(texts.slice(0, count).filter((text) => text !== undefined));
  return { ignored, configurations: [...new Set(texts.slice(count).filter((text) => text !== undefined))] };
}

/** @param range commits that are there */
export async function scanInIsolation(
  { git, files, programs }: ScanPorts,
  repository: IsolatedRepository,
  range: CommitRange,
  { ignored, configurations }: Allowance,
): Promise<ScanReport> {
  // One that rules the others would let through what they find: of several none counts.
  const configuration = configurations.length === 1 ? configurations[0] : undefined;
  await markRange(files, repository, range);
  // What takes longest begins first.
  const somethingAdded = async () => (await walking).bytes > 0;
  const looking = runGitleaks(programs, files, repository, { configuration, somethingAdded });
  const walking = walkRange(git, repository).catch((error: unknown) => Promise.reject(unreadable(error)));
  // gitleaks takes longest: by then there is room for one more git beside it.
  const counting = walking.then(() => countCommits(git, repository));
  // Nobody may still be at work when the repository is taken away.
  await Promise.allSettled([walking, looking, counting]);
  const [walk, gitleaks, expected] = await Promise.all([walking, looking, counting]);
  if (walk.commits.length !== expected) throw unscanned(walk.commits.length, expected);

  const others = gitleaks !== undefined && 'findings' in gitleaks ? gitleaks.findings : [];
  const left = withoutIgnored(
    walk.findings,
    others.filter((finding) => !walk.allowed.has(place(finding))),
    ignored,
  );
  const age = new Map(walk.commits.map((commit, index) => [commit, index]));
  return {
    scanner: gitleaks !== undefined && 'findings' in gitleaks ? 'gitleaks' : 'built-in',
    commits: walk.commits.length,
    bytes: walk.bytes,
    findings: [...left].sort((a, b) => (age.get(a.commit ?? '') ?? 0) - (age.get(b.commit ?? '') ?? 0)),
    notes: notesOn(gitleaks, configurations),
    ...(left.length > 0 ? await shapeOf(git, repository) : STRAIGHT),
  };
}

/** Most often an object that is not there. */
function unreadable(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof Problem) return error;
  return new Problem({
    code: 'secrets-unscanned',
    what: 'the commits cannot be scanned for secrets: git cannot show them',
    why: error.message,
    fix: 'git fsck (in a partial clone: git fetch --refetch --no-filter)',
    exit: EXIT.refused,
    cause: error,
  });
}

/** Counted by another git than the one whose output is read. */
async function countCommits(git: Git, { env }: IsolatedRepository): Promise<number> {
  return Number(await git.run(['rev-list', '--count', ...IN_RANGE], { env }));
}

type Shape = Pick<ScanReport, 'roots' | 'merges'>;

/** Nobody asks where nothing was found. */
const STRAIGHT: Shape = { roots: new Set(), merges: false };

async function shapeOf(git: Git, { env }: IsolatedRepository): Promise<Shape> {
  const [roots, merge] = await Promise.all([
    git.run(['rev-list', '--max-parents=0', ...IN_RANGE], { env }),
    git.run(['rev-list', '--merges', '--max-count=1', ...IN_RANGE], { env }),
  ]);
  return { roots: new Set(roots.split('\n').filter((id) => id !== '')), merges: merge !== '' };
}

function unscanned(seen: number, expected: number): Problem {
  return new Problem({
    code: 'secrets-unscanned',
    what: `${seen} of ${expected} commits could be scanned for secrets`,
    why: 'git showed fewer commits than there are',
    fix: 'git fsck',
    exit: EXIT.refused,
  });
}

function notesOn(gitleaks: GitleaksOutcome, configurations: readonly string[]): readonly string[] {
  if (gitleaks !== undefined && 'failure' in gitleaks)
    return [`gitleaks failed (${gitleaks.failure}): the built-in scanner alone has looked`];
  if (configurations.length === 0) return [];
  if (gitleaks === undefined) return ['.gitleaks.toml was not applied: gitleaks is not on PATH'];
  return configurations.length === 1
    ? []
    : ['.gitleaks.toml was not applied: the commits have several, push them one by one'];
}
