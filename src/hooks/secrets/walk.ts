import type { Git } from '../../io/ports.ts';
import { place } from './allow.ts';
import type { IsolatedRepository } from './isolated-repository.ts';
import { COMMIT_FORMAT, type Fragment, PatchReader, type UnshownFile } from './patch.ts';
import { IN_RANGE } from './range.ts';
import type { Finding } from './report.ts';
import { scanFragments } from './scan.ts';

export interface Walk {
  /** Ids, the newest first. */
  readonly commits: readonly string[];
  /** Of added lines. */
  readonly bytes: number;
  readonly findings: readonly Finding[];
  /** The {@link place}s of lines that carry an allow comment. */
  readonly allowed: ReadonlySet<string>;
}

/**
 * `--cc`: of a merge, lines that none of its parents has. `--text`: what git takes for binary is shown too, as UTF-16 is.
 * Renamed files show what changed in them. One line around it: of a value that is wrapped, it has the name.
 */
const SHOW_ADDED = ['--root', '--patch', '--unified=1', '--cc', '--text', '--full-index', '--find-renames'];
const PLAINLY = ['--no-ext-diff', '--no-textconv', '--no-color', '--no-notes', '--src-prefix=a/', '--dst-prefix=b/'];

/** So many characters are scanned at once. */
const BATCH = 1 << 17;

/** Looks at every line that the marked range adds: one git, read as it comes. */
export async function walkRange(git: Git, { env }: IsolatedRepository): Promise<Walk> {
  const commits: string[] = [];
  const unshown: UnshownFile[] = [];
  const findings = new Map<string, Finding>();
  const allowed = new Set<string>();
  let waiting: Fragment[] = [];
  let size = 0;
  const scanWaiting = () => {
    for (const [index, { findings: found, allowedLines }] of scanFragments(waiting).entries()) {
      for (const finding of found) findings.set(`${place(finding)}\0${finding.rule}`, finding);
      const fragment = waiting[index];
      if (fragment !== undefined) for (const line of allowedLines) allowed.add(place({ ...fragment, line }));
    }
    [waiting, size] = [[], 0];
  };
  const scan = (fragment: Fragment) => {
    waiting.push(fragment);
    size += fragment.text.length;
    if (size > BATCH) scanWaiting();
  };
  const reader = new PatchReader({
    onCommit: (commit) => commits.push(commit),
    onFragment: scan,
    onUnshown: (file) => unshown.push(file),
  });
  for await (const chunk of git.stream(['log', COMMIT_FORMAT, ...SHOW_ADDED, ...PLAINLY, ...IN_RANGE], { env }))
    reader.push(chunk);
  reader.end();
  let { bytes } = reader;
  for (const file of unshown) bytes += await scanWhole(git, env, file, scan);
  scanWaiting();
  return { commits, bytes, findings: [...findings.values()], allowed };
}

/** A binary file that a merge made: all of its lines count as added. Hands over how many bytes it has. */
async function scanWhole(
  git: Git,
  env: IsolatedRepository['env'],
  { commit, file, blob }: UnshownFile,
  scan: (fragment: Fragment) => void,
): Promise<number> {
  const chunks: Buffer[] = [];
  for await (const chunk of git.stream(['cat-file', 'blob', blob], { env })) chunks.push(chunk);
  const content = Buffer.concat(chunks);
  scan({ commit, file, line: 1, text: content.toString('latin1'), first: true });
  return content.length;
}
