import type { Git } from '../../io/ports.ts';
import { stagedTree } from '../staged/staged-tree.ts';
import { withIsolatedRepository } from './isolated-repository.ts';
import type { ScanReport } from './report.ts';
import { readAllowance, type ScanPorts, scanInIsolation } from './scan-commits.ts';

/**
 * Looks for secrets in what would be committed now: in the commit that it would be, made where nobody else sees it, so that
 * a merge being concluded is looked at as a merge.
 * @throws Problem `index-unmerged`
 */
export async function scanStaged(ports: ScanPorts): Promise<ScanReport> {
  const { git, files } = ports;
  const tree = await stagedTree(git, files);
  return withIsolatedRepository(git, files, async (repository) => {
    const parents = [...(await head(git)), ...idsIn(await files.readText(repository.mergeHead))];
    const env = { ...repository.env, ...NOBODY };
    const args = ['commit-tree', tree, ...parents.flatMap((parent) => ['-p', parent]), '-m', 'staged'];
    const commit = (await git.run(args, { env })).trim();
    const allowance = await readAllowance(git, [[':.gitleaksignore'], [':.gitleaks.toml']]);
    const report = await scanInIsolation(ports, repository, { include: [commit], exclude: parents }, allowance);
    return { ...report, findings: report.findings.map((finding) => ({ ...finding, commit: undefined })) };
  });
}

const NOBODY = {
  GIT_AUTHOR_NAME: 'tagship',
  GIT_AUTHOR_EMAIL: 'tagship@localhost',
  GIT_COMMITTER_NAME: 'tagship',
  GIT_COMMITTER_EMAIL: 'tagship@localhost',
};

/** None before the first commit. */
async function head(git: Git): Promise<readonly string[]> {
  const { exitCode, stdout } = await git.try(['rev-parse', '--quiet', '--verify', 'HEAD^{commit}']);
  return exitCode === 0 ? [stdout.trim()] : [];
}

const idsIn = (text: string | undefined) => text?.split('\n').filter(Boolean) ?? [];
