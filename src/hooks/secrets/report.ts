import { oneLine } from '../../core/one-line.ts';
import { EXIT, Problem } from '../../core/problem.ts';
import { shellQuote } from '../../core/shell-quote.ts';

/** A credential in lines that a commit adds. */
export interface Finding {
  /** `github-pat`; what a line of `.gitleaksignore` names. */
  readonly rule: string;
  /** `GitHub personal access token`. */
  readonly what: string;
  /** `warn`: said, but stops nothing. */
  readonly severity: 'block' | 'warn';
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** Undefined when it is staged and not committed. */
  readonly commit: string | undefined;
  /** What may be shown of it: never more than what names its kind. */
  readonly redacted: string;
}

export interface ScanReport {
  /** `gitleaks`: it looked as well as the built-in scanner, which always does. */
  readonly scanner: 'gitleaks' | 'built-in';
  /** How many commits were looked at; 1 for what is staged. */
  readonly commits: number;
  /** Of added lines. */
  readonly bytes: number;
  readonly findings: readonly Finding[];
  /** What the user should know of how it was scanned, such as a gitleaks that failed. */
  readonly notes: readonly string[];
  /** Commits that were looked at and have no parent. Looked for where something was found alone, as is what follows. */
  readonly roots: ReadonlySet<string>;
  /** Whether a commit that was looked at is a merge. */
  readonly merges: boolean;
}

/** At most this many findings are spelt out. */
const SHOWN = 20;

/** The earliest commit in which something stops a push, from which on commits have to be rewritten. */
export function earliestCommit({ findings }: Pick<ScanReport, 'findings'>): string | undefined {
  // git log goes back in time.
  return findings.findLast(isBlocking)?.commit;
}

const isBlocking = ({ severity }: Finding) => severity === 'block';

/**
 * Undefined when nothing that was found stops a commit or push.
 * @param branch that has the commits, where what is checked out has not
 */
export function secretsProblem(report: ScanReport, branch?: string): Problem | undefined {
  const blocking = report.findings.filter(isBlocking);
  const [first] = blocking;
  if (first === undefined) return undefined;
  const more = blocking.length > SHOWN ? [`and ${blocking.length - SHOWN} more`] : [];
  const count = blocking.length === 1 ? 'a secret' : `${blocking.length} secrets`;
  return new Problem({
    code: 'secrets-found',
    what: first.commit === undefined ? `${count} would be committed` : `${count} would be pushed`,
    why: [...blocking.slice(0, SHOWN).map(describeFinding), ...more].join('\n'),
    fix: first.commit === undefined ? fixStaged(first) : fixCommitted(first, report, branch),
    exit: EXIT.refused,
  });
}

/** One line, without the secret. */
export function describeFinding(finding: Finding): string {
  const { file, line, commit, what, redacted } = finding;
  const where = commit === undefined ? '' : ` in ${commit.slice(0, 10)}`;
  return `${oneLine(file)}:${line}${where}: ${what}, ${redacted}`;
}

/** How `.gitleaksignore` names it: with the commit, or for every commit. */
export function fingerprint({ commit, file, rule, line }: Finding): string {
  return commit === undefined ? `${file}:${rule}:${line}` : `${commit}:${file}:${rule}:${line}`;
}

function fixStaged(first: Finding): string {
  return `move it out of the file (an ignored file, an environment variable) and stage the file again${unlessReal(first)}`;
}

function fixCommitted(first: Finding, report: ScanReport, branch: string | undefined): string {
  const oldest = earliestCommit(report) ?? '';
  // Without it merges are taken apart, and their commits stand right on the branch.
  const flags = report.merges ? '--interactive --rebase-merges' : '--interactive';
  const from = report.roots.has(oldest) ? '--root' : `${oldest}~1`;
  // Without it git rewrites what is checked out.
  const onto = branch === undefined ? '' : ` ${shellQuote(branch)}`;
  const rebase = `git rebase ${flags} ${from}${onto}`;
  return `make every one of them useless first: revoke it at its provider and get a new one. Then take it out of the commits: ${rebase}${unlessReal(first)}`;
}

const unlessReal = (finding: Finding) =>
  `. Is it none? Say tagship:allow in a comment on its line, or commit .gitleaksignore with the line ${fingerprint(finding)}`;
