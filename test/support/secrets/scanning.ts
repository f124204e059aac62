import { delimiter } from 'node:path';
import type { CommitRange } from '../../../src/hooks/secrets/range.ts';
import type { ScanReport } from '../../../src/hooks/secrets/report.ts';
import { type ScanPorts, scanCommits } from '../../../src/hooks/secrets/scan-commits.ts';
import { scanStaged } from '../../../src/hooks/secrets/scan-staged.ts';
import { diskFiles } from '../../../src/io/files.ts';
import { openGit } from '../../../src/io/git.ts';
import { localPrograms } from '../../../src/io/programs.ts';
import type { AppRepository } from '../app-repository.ts';

interface Around {
  /** First on PATH. Without it no gitleaks is found there. */
  readonly gitleaks?: string | undefined;
  readonly env?: Readonly<Record<string, string>>;
}

/** The ports a scan gets from the command line, for a repository. */
export function scanPorts(folder: string, { gitleaks, env }: Around = {}): ScanPorts {
  const path = (process.env.PATH ?? '').split(delimiter).filter((one) => !one.includes('gitleaks'));
  const PATH = [...(gitleaks === undefined ? [] : [gitleaks]), ...path].join(delimiter);
  const environment = { ...process.env, PATH, ...env };
  return { git: openGit(folder, environment), files: diskFiles, programs: localPrograms(folder, environment) };
}

/** Scans what HEAD has and `main` has not, or the range given. */
export async function scanBranch(app: AppRepository, around: Around & Partial<CommitRange> = {}): Promise<ScanReport> {
  const include = around.include ?? [await app.git('rev-parse', 'HEAD')];
  const exclude = around.exclude ?? [await app.git('rev-parse', 'main')];
  return scanCommits(scanPorts(app.path, around), { include, exclude });
}

export function scanIndex(app: AppRepository, around: Around = {}): Promise<ScanReport> {
  return scanStaged(scanPorts(app.path, around));
}

/** `rule file:line`, sorted. */
export function told(report: ScanReport): readonly string[] {
  return report.findings.map(({ rule, file, line }) => `${rule} ${file}:${line}`).sort();
}
