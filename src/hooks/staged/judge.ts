import { join, posix } from 'node:path';
import type { ChecksConfig } from '../../config/schema.ts';
import type { Git } from '../../io/ports.ts';
import { foldersUp } from '../gates/toolchain.ts';
import { blindSpots } from '../verified/working-tree.ts';
import { analyzeFiles } from './analyze.ts';
import { type DraftTree, withDraftTree } from './draft-tree.ts';
import { formatFolder } from './format.ts';
import { PACKAGE_CONFIG, relocatePackageConfig } from './package-config.ts';
import type { Formatted } from './plan-change.ts';
import type { StagedPorts } from './ports.ts';
import { differsForAnalysis, isDart, isPlainThere, isReplaced, isSetting, type StatusEntry } from './status.ts';

export interface Judged {
  readonly formatted: readonly Formatted[];
  /** Whether formatting leaves nothing to commit. */
  readonly emptied: boolean;
}

/** Formats and analyses Dart files as they are staged, in a draft of what is staged. @throws Problem of the tools */
export async function judge(
  ports: StagedPorts,
  checks: ChecksConfig,
  entries: readonly StatusEntry[],
  dart: readonly StatusEntry[],
): Promise<Judged> {
  const { git, files, root, report } = ports;
  const paths = dart.map(({ path }) => path);
  const count = paths.length === 1 ? '1 staged file' : `${paths.length} staged files`;
  return withDraftTree(git, files, async (draft) => {
    // Options may include others, by whatever name.
    const settings = draft.staged.filter(isSetting);
    await draft.checkout([...settings, ...paths]);
    const pubspecs = await pubspecsIn(ports, draft, settings);
    await copyPackageConfigs(ports, draft, paths);
    const before = await readAll(ports, draft.folder, paths);
    if (checks.format !== false) {
      report({ type: 'note', text: `  format: ${checks.format}, ${count}` });
      await formatFolder(ports, checks, checks.format, draft.folder, paths[0] ?? '');
    }
    const changed = await draft.changed(paths);
    if (analyzes(checks)) {
      const inPlace = !differsForAnalysis(entries) && !(await hasHiddenEdits(git));
      if (!inPlace) await completeForAnalysis(ports, draft, paths);
      report({ type: 'note', text: `  analyze: dart analyze, ${count}` });
      await analyzeFiles(ports, checks, inPlace ? root : draft.folder, pubspecs, paths);
    }
    const after = await readAll(ports, draft.folder, paths);
    const there = dart.filter(isPlainThere).map(({ path }) => path);
    const working = await readAll(ports, root, there);
    const formatted = dart.flatMap((entry) => {
      const { path, stagedMode: mode } = entry;
      const [id, old, now] = [changed.get(path), before.get(path), after.get(path)];
      if (id === undefined || old === undefined || now === undefined) return [];
      const contents = { before: old, after: now, working: working.get(path) };
      return [{ path, mode, formatted: id, ...contents, replaced: isReplaced(entry) }];
    });
    return { formatted, emptied: changed.size > 0 && (await leavesNothing(ports, draft)) };
  });
}

/** Whether the working tree may hold what git was told not to look at, and says nothing of. */
async function hasHiddenEdits(git: Git): Promise<boolean> {
  return (await blindSpots(git)).some((path) => isDart(path) || isSetting(path));
}

/** Whether staged files are analysed. */
export const analyzes = ({ analyzeStaged, analyze }: ChecksConfig) => analyzeStaged && analyze !== false;

async function pubspecsIn({ files }: StagedPorts, { folder }: DraftTree, settings: readonly string[]) {
  const paths = settings.filter((path) => posix.basename(path) === 'pubspec.yaml');
  const texts = await Promise.all(paths.map((path) => files.readText(join(folder, path))));
  return new Map(paths.map((path, index) => [path, texts[index] ?? '']));
}

/** What `pub get` has left beside the packages: without it neither language version nor imports are known. */
async function copyPackageConfigs({ files, root }: StagedPorts, draft: DraftTree, paths: readonly string[]) {
  for (const folder of new Set(paths.flatMap((path) => foldersUp(path).slice(1)))) {
    const text = await files.readText(join(root, folder, PACKAGE_CONFIG));
    if (text === undefined) continue;
    await files.replace(join(draft.folder, folder, PACKAGE_CONFIG), relocatePackageConfig(text, root, folder));
  }
}

/** The rest that the analysis looks at: other staged files, and code that git ignores because it is generated. */
async function completeForAnalysis(
  { git, files, root }: StagedPorts,
  draft: DraftTree,
  there: readonly string[],
): Promise<void> {
  const isThere = new Set(there);
  await draft.checkout(draft.staged.filter((path) => isDart(path) && !isThere.has(path)));
  const ignored = ['ls-files', '-z', '--others', '--ignored', '--exclude-standard', '--', '*.dart'];
  for (const path of (await git.run(ignored)).split('\0').filter(isDart)) {
    if (/(^|\/)(\.[^/]*|build)\//.test(path)) continue;
    const content = await files.readText(join(root, path));
    if (content !== undefined) await files.replace(join(draft.folder, path), content);
  }
}

async function readAll({ files }: StagedPorts, folder: string, paths: readonly string[]) {
  const contents = await Promise.all(paths.map((path) => files.readBytes(join(folder, path)).catch(() => undefined)));
  return new Map(paths.map((path, index) => [path, contents[index]]));
}

/** A merge may be concluded without a change; any other commit that brings none is a mistake. */
async function leavesNothing({ git, files, gitDir }: StagedPorts, draft: DraftTree): Promise<boolean> {
  if (await files.exists(join(gitDir, 'MERGE_HEAD'))) return false;
  const head = await git.try(['rev-parse', '--verify', '--quiet', 'HEAD^{tree}']);
  return head.exitCode === 0 && head.stdout.trim() === (await draft.writeTree());
}
