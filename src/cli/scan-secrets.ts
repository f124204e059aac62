import type { Report } from '../core/events.ts';
import { branchWith } from '../hooks/push/branch-with.ts';
import type { ScanSecrets } from '../hooks/push/check-push.ts';
import { describeFinding, earliestCommit, secretsProblem } from '../hooks/secrets/report.ts';
import { scanCommits } from '../hooks/secrets/scan-commits.ts';
import { diskFiles } from '../io/files.ts';
import type { Git } from '../io/ports.ts';
import { localPrograms } from '../io/programs.ts';

/** The search for credentials in what a push brings, which says what it has looked at. */
export function scanSecrets(git: Git, cwd: string, report: Report): ScanSecrets {
  return async (range, pushed = []) => {
    const found = await scanCommits({ git, files: diskFiles, programs: localPrograms(cwd, process.env) }, range);
    const note = (text: string) => report({ type: 'note', text: `  ${text}` });
    for (const text of found.notes) note(`! ${text}`);
    for (const finding of found.findings) if (finding.severity === 'warn') note(`! ${describeFinding(finding)}`);
    note(`secrets: ${found.commits} ${found.commits === 1 ? 'commit' : 'commits'}, ${found.bytes} bytes searched`);
    const earliest = earliestCommit(found);
    return secretsProblem(found, earliest === undefined ? undefined : await branchWith(git, earliest, pushed));
  };
}
