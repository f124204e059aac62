import { isAbsolute, posix } from 'node:path';
import { shellQuote } from '../../core/shell-quote.ts';
import type { Files, Git } from '../../io/ports.ts';
import { HOOKS, type HookName, huskyFolder } from './hook-file.ts';
import { type IdleHook, idleHooks } from './idle-hooks.ts';
import { WORKFLOW } from './workflow.ts';

/** What is there already of a set-up. Paths inside the repository are written as git writes them. */
export interface SetupFacts {
  /** Of package.json, inside the repository; '' for its root. */
  readonly folder: string;
  readonly manifest: string | undefined;
  readonly hooks: ReadonlyMap<HookName, Buffer | undefined>;
  /** Those in git's own folder that husky keeps from running, as soon as it is there. */
  readonly idleHooks: readonly IdleHook[];
  /** Of core.hooksPath, with where it is set; undefined when git looks where it always does. */
  readonly hooksPath: { readonly value: string; readonly origin: string } | undefined;
  /** What `.gitignore` beside package.json says; undefined where git keeps out of node_modules, or was told to keep them. */
  readonly ignoreFile: string | undefined;
  readonly hasConfig: boolean;
  readonly hasWorkflow: boolean;
  /** `.fvmrc` beside package.json names the SDK. */
  readonly pinsSdk: boolean;
  /** Addresses of every remote. */
  readonly remoteUrls: readonly string[];
  /** Branches here and on the remote, without the remote's name. */
  readonly branches: readonly string[];
}

/** @param git at `root`, the root of the worktree */
export async function lookAtSetup(git: Git, files: Files, root: string): Promise<SetupFacts> {
  const folder = await manifestFolder(git, files, root);
  const read = (path: string) => files.readText(posix.join(root, path));
  const hook = (name: HookName) => files.readBytes(posix.join(root, huskyFolder(folder), name));
  const contents = await Promise.all(HOOKS.map(hook));
  const refs = await git.run(['for-each-ref', '--format=%(refname)', 'refs/heads', 'refs/remotes']);
  return {
    folder,
    manifest: await read(posix.join(folder, 'package.json')),
    hooks: new Map(HOOKS.map((name, index) => [name, contents[index]])),
    idleHooks: await idleHooks(git, files, root, folder),
    hooksPath: await readHooksPath(git),
    ignoreFile: (await keepsModules(git, folder)) ? ((await read(posix.join(folder, '.gitignore'))) ?? '') : undefined,
    hasConfig: await files.exists(posix.join(root, 'tagship.yaml')),
    hasWorkflow: await files.exists(posix.join(root, WORKFLOW)),
    pinsSdk: await files.exists(posix.join(root, folder, '.fvmrc')),
    remoteUrls: await readRemoteUrls(git),
    branches: [...new Set(refs.split('\n').map((ref) => ref.replace(/^refs\/(heads|remotes\/[^/]+)\//, '')))],
  };
}

/** Whether `git add -A` would take what npm installs, without anybody having decided so. */
async function keepsModules(git: Git, folder: string): Promise<boolean> {
  const modules = posix.join(folder, 'node_modules');
  const { exitCode } = await git.try(['check-ignore', '--quiet', '--', `${modules}/tagship`]);
  return exitCode === 1 && (await git.run(['ls-files', '--', modules])) === '';
}

/** Beside the root, else beside a pubspec; where there is none it is made at the root. */
async function manifestFolder(git: Git, files: Files, root: string): Promise<string> {
  if (await files.exists(posix.join(root, 'package.json'))) return '';
  const listed = await git.run(['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--', '*pubspec.yaml']);
  const folders = listed.split('\0').filter(Boolean).map(posix.dirname);
  for (const folder of folders) {
    if (folder !== '.' && (await files.exists(posix.join(root, folder, 'package.json')))) return folder;
  }
  return '';
}

async function readRemoteUrls(git: Git): Promise<readonly string[]> {
  const { stdout } = await git.try(['config', '-z', '--get-regexp', '^remote\\..*\\.url$']);
  return stdout
    .split('\0')
    .filter((record) => record !== '')
    .map((record) => record.slice(record.indexOf('\n') + 1));
}

async function readHooksPath(git: Git): Promise<SetupFacts['hooksPath']> {
  const { exitCode, stdout } = await git.try(['config', '--show-origin', '-z', '--get', 'core.hooksPath']);
  const [origin = '', value = ''] = stdout.split('\0');
  return exitCode === 0 ? { value, origin: origin.replace(/^file:/, '') } : undefined;
}

/** The command that takes the setting away, from wherever in the repository it is typed. */
export function unsetHooksPath({ origin }: NonNullable<SetupFacts['hooksPath']>): string {
  const file = isAbsolute(origin) ? ` --file ${shellQuote(origin)}` : '';
  return `git config${file} --unset core.hooksPath`;
}

/** Whether git looks for hooks where husky puts them. */
export function isHusky({ hooksPath, folder }: Pick<SetupFacts, 'hooksPath' | 'folder'>): boolean {
  const value = hooksPath?.value.replaceAll('\\', '/').replace(/\/+$/, '');
  return value === posix.join(huskyFolder(folder), '_');
}
