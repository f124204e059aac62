import { join } from 'node:path';
import type { Files, ProgramResult, Programs } from '../../io/ports.ts';
import type { IsolatedRepository } from './isolated-repository.ts';
import { IN_RANGE } from './range.ts';
import type { Finding } from './report.ts';

/** What gitleaks found, or why it cannot be relied on; undefined when there is none on this machine. */
export type GitleaksOutcome = { readonly findings: readonly Finding[] } | { readonly failure: string } | undefined;

const TIMEOUT = 300_000;

/** The command of version 8.19 and later, and the one before, which later versions keep for a while. */
const COMMANDS = ['detect', 'git'] as const;

/** Settings of the user that would decide in place of the repository's. */
const NO_SETTINGS = { GITLEAKS_CONFIG: undefined, GITLEAKS_CONFIG_TOML: undefined };

/**
 * Lets gitleaks look at the marked range.
 * @param configuration the text of the repository's `.gitleaks.toml`, when it has one
 * @param somethingAdded whether there are lines it must have looked at
 */
export async function runGitleaks(
  programs: Programs,
  files: Files,
  { folder, env }: IsolatedRepository,
  {
    configuration,
    somethingAdded,
  }: { readonly configuration: string | undefined; readonly somethingAdded: () => Promise<boolean> },
): Promise<GitleaksOutcome> {
  const report = join(folder, 'gitleaks-report.json');
  const config = join(folder, 'gitleaks.toml');
  if (configuration !== undefined) await files.write(config, Buffer.from(configuration));
  for (const command of COMMANDS) {
    const args = gitleaksArgs(command, { folder, report, config: configuration === undefined ? undefined : config });
    // Some versions take `.gitleaksignore` from where they are started: what nobody committed must not count.
    const options = { cwd: folder, env: { ...env, ...NO_SETTINGS }, timeout: TIMEOUT };
    const result = await programs.run('gitleaks', args, options);
    if (result === undefined) return undefined;
    if (isUnknownCommand(result)) continue;
    if (result.exitCode !== 0) return { failure: lastWords(result) };
    if (/\b0 commits scanned/.test(plain(result.stderr)) && (await somethingAdded()))
      return { failure: 'it scanned no commit' };
    return readReport(await files.readText(report));
  }
  return { failure: 'it knows neither `gitleaks detect` nor `gitleaks git`' };
}

/** Pure, so that what is asked of gitleaks can be read in one place. It shows no secret, and its status tells failures alone. */
function gitleaksArgs(
  command: (typeof COMMANDS)[number],
  { folder, report, config }: { readonly folder: string; readonly report: string; readonly config: string | undefined },
): readonly string[] {
  return [
    command,
    ...['--redact', '--no-banner', '--exit-code=0', '--report-format=json', `--report-path=${report}`],
    ...(config === undefined ? [] : [`--config=${config}`]),
    `--log-opts=${IN_RANGE.join(' ')}`,
    ...(command === 'detect' ? [`--source=${folder}`] : [folder]),
  ];
}

function isUnknownCommand({ exitCode, stderr }: ProgramResult): boolean {
  return exitCode !== 0 && stderr.includes('unknown command');
}

/** Without colours, which stand close to the words. */
function plain(said: string): string {
  return said.replace(/\x1b\[[0-9;]*m/g, '');
}

function lastWords({ exitCode, signal, stderr }: ProgramResult): string {
  const said = plain(stderr).trim().split('\n').slice(-3).join('; ');
  return signal === undefined
    ? `status ${exitCode}: ${said}`
    : `it was ended by ${signal}, at the latest after ${TIMEOUT / 1000} s`;
}

/** A list, or null when nothing was found. Read by hand: what reads configurations would take longer than the search. */
function readReport(text: string | undefined): GitleaksOutcome {
  const list = jsonOf(text);
  const findings = list === null ? [] : Array.isArray(list) ? list.map(readFinding) : [undefined];
  const read = findings.filter((finding) => finding !== undefined);
  return read.length === findings.length ? { findings: read } : { failure: 'its report cannot be read' };
}

function readFinding(entry: unknown): Finding | undefined {
  if (typeof entry !== 'object' || entry === null) return undefined;
  const {
    RuleID: rule,
    Description: what,
    File: file,
    StartLine: line,
    Commit: commit,
  } = entry as Record<string, unknown>;
  if (typeof rule !== 'string' || typeof what !== 'string' || typeof file !== 'string') return undefined;
  if (typeof line !== 'number' || !Number.isInteger(line) || typeof commit !== 'string') return undefined;
  const severity = rule === 'gcp-api-key' ? 'warn' : 'block';
  return { rule, what, severity, file, line, commit, redacted: 'found by gitleaks' };
}

function jsonOf(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return undefined;
  }
}
