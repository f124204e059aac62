import { EXIT, Problem } from '../../core/problem.ts';
import type { Files, Git, Programs } from '../../io/ports.ts';
import { place, readIgnored, withoutIgnored } from './allow.ts';
import { type GitleaksOutcome, runGitleaks } from './gitleaks.ts';
import { type IsolatedRepository, withIsolatedRepository } from './isolated-repository.ts';
import { type CommitRange, IN_RANGE, markRange } from './range.ts';
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
  if (commits.include.length === 0) return { scanner: 'built-in', commits: 0, bytes: 0, findings: [], notes: [] };
  const allowance = readAllowance(ports.git, [...new Set(commits.include)]);
  // Waited for below; until then nobody else hears of its failure.
  allowance.catch(() => {});
  return withIsolatedRepository(ports.git, ports.files, (repository) =>
    scanInIsolation(ports, repository, commits, () => allowance),
  );
}

/** What the repository itself says about scanning. */
export interface Allowance {
  readonly ignored: ReadonlySet<string>;
  /** The text of `.gitleaks.toml`. */
  readonly configuration: string | undefined;
}

/** @param trees what git is asked for the files: commits, or the empty name for the index */
export async function readAllowance(git: Git, trees: readonly string[]): Promise<Allowance> {
  const names = ['.gitleaksignore', '.gitleaks.toml'].flatMap((file) => trees.map((tree) => `${tree}:${file}`));
  const texts = (await git.readObjects(names)).map((content) => content?.toString('utf8'));
  const ignored = readIgnored(texts.slice(0, trees.length).filter((text) => text !== undefined));
  return { ignored, configuration: texts.slice(trees.length).find((text) => text !== undefined) };
}

export async function scanInIsolation(
  { git, files, programs }: ScanPorts,
  repository: IsolatedRepository,
  range: CommitRange,
  allowance: () => Promise<Allowance>,
): Promise<ScanReport> {
  await markRange(git, files, repository, range);
  const { ignored, configuration } = await allowance();
  const walking = walkRange(git, repository).catch((error: unknown) => Promise.reject(unreadable(error)));
  const somethingAdded = async () => (await walking).bytes > 0;
  const looking = runGitleaks(programs, files, repository, { configuration, somethingAdded });
  const counting = countCommits(git, repository);
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
    notes: notesOn(gitleaks, configuration),
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

function unscanned(seen: number, expected: number): Problem {
  return new Problem({
    code: 'secrets-unscanned',
    what: `${seen} of ${expected} commits could be scanned for secrets`,
    why: 'git showed fewer commits than there are',
    fix: 'git fsck',
    exit: EXIT.refused,
  });
}

function notesOn(gitleaks: GitleaksOutcome, configuration: string | undefined): readonly string[] {
  if (gitleaks !== undefined && 'failure' in gitleaks)
    return [`gitleaks failed (${gitleaks.failure}): the built-in scanner alone has looked`];
  const unread = gitleaks === undefined && configuration !== undefined;
  return unread ? ['.gitleaks.toml was not applied: gitleaks is not on PATH'] : [];
}
