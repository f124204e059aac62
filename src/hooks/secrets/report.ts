import { EXIT, Problem } from '../../core/problem.ts';

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

/** Undefined when nothing that was found stops a commit or push. */
export function secretsProblem(report: ScanReport): Problem | undefined {
  const blocking = report.findings.filter(({ severity }) => severity === 'block');
  const [first, ...others] = blocking;
  if (first === undefined) return undefined;
  const more = blocking.length > SHOWN ? [`and ${blocking.length - SHOWN} more`] : [];
  const count = blocking.length === 1 ? 'a secret' : `${blocking.length} secrets`;
  return new Problem({
    code: 'secrets-found',
    what: first.commit === undefined ? `${count} would be committed` : `${count} would be pushed`,
    why: [...blocking.slice(0, SHOWN).map(describeFinding), ...more].join('\n'),
    fix: first.commit === undefined ? fixStaged(first) : fixCommitted([first, ...others], report),
    exit: EXIT.refused,
  });
}

/** One line, without the secret. */
export function describeFinding(finding: Finding): string {
  const { file, line, commit, what, redacted } = finding;
  const where = commit === undefined ? '' : ` in ${commit.slice(0, 10)}`;
  return `${oneLine(file)}:${line}${where}: ${what}, ${redacted}`;
}

/** No name of a file may end the line it is told on and go on as if it were said by us. */
const oneLine = (name: string) => name.replace(/[\x00-\x1f]/g, (control) => JSON.stringify(control).slice(1, -1));

/** How `.gitleaksignore` names it: with the commit, or for every commit. */
export function fingerprint({ commit, file, rule, line }: Finding): string {
  return commit === undefined ? `${file}:${rule}:${line}` : `${commit}:${file}:${rule}:${line}`;
}

function fixStaged(first: Finding): string {
  return `move it out of the file (an ignored file, an environment variable) and stage the file again${unlessReal(first)}`;
}

/** The earliest is last: git log goes back in time. */
function fixCommitted(blocking: readonly [Finding, ...Finding[]], { roots, merges }: ScanReport): string {
  const oldest = blocking.at(-1)?.commit ?? '';
  // Without it merges are taken apart, and their commits stand right on the branch.
  const flags = merges ? '--interactive --rebase-merges' : '--interactive';
  const rebase = `git rebase ${flags} ${roots.has(oldest) ? '--root' : `${oldest}~1`}`;
  return `make every one of them useless first: revoke it at its provider and get a new one. Then take it out of the commits: ${rebase}${unlessReal(blocking[0])}`;
}

const unlessReal = (finding: Finding) =>
  `. Is it none? Say tagship:allow in a comment on its line, or commit .gitleaksignore with the line ${fingerprint(finding)}`;
