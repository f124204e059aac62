import { posix } from 'node:path';
import type { MessageConfig } from '../../config/schema.ts';
import type { Clock, Files, Git } from '../../io/ports.ts';
import { isOfNamedFiles } from '../commit-index.ts';
import { messageProblem, type RefusedCommit } from './explain.ts';
import { type MessageFile, readMessage } from './read.ts';
import { findFault, type ParsedMessage } from './rules.ts';

export interface MessagePorts {
  readonly git: Git;
  readonly files: Files;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  readonly parse: (message: string) => ParsedMessage;
}

/**
 * Judges the message that git is about to commit.
 * @param path of the file that holds it, absolute
 * @param shown the same path as the user should type it
 * @throws Problem `message-form`, `message-type`, `message-scope`, `message-length`, `message-body`, `message-breaking`
 */
export async function checkMessage(
  ports: MessagePorts,
  rules: MessageConfig,
  path: string,
  shown: string,
): Promise<void> {
  const { git, files, environment, parse } = ports;
  const text = (await files.readText(path)) ?? '';
  const message = readMessage(text, await messageFile(git, environment));
  // Linked worktrees keep it beside their message, too.
  const merging = await files.exists(posix.join(posix.dirname(path.replaceAll('\\', '/')), 'MERGE_HEAD'));
  const fault = findFault(message, parse, rules, merging);
  if (fault !== undefined) throw messageProblem(fault, rules, await refusedCommit(ports, shown));
}

/** What was committed besides what is staged is in an index of its own, which is gone with the refused commit. */
async function refusedCommit({ git, environment, clock }: MessagePorts, file: string): Promise<RefusedCommit> {
  const { GIT_INDEX_FILE: index = '' } = environment;
  const amends = await looksAmended(git, environment, clock);
  if (isOfNamedFiles(index)) {
    const names = (await git.try(['diff-index', '--cached', '--name-only', '-z', 'HEAD', '--'])).stdout.split('\0');
    const paths = names.filter((name) => name !== '').map((name) => `:(top,literal)${name}`);
    return { file, flags: [], paths, amends };
  }
  if (!index.endsWith('.lock')) return { file, flags: [], paths: [], amends };
  // With everything that is tracked in it, it was -a; else pieces of it were chosen.
  const everything = (await git.try(['diff-files', '--quiet'])).exitCode === 0;
  return { file, flags: [everything ? '-a' : '-p'], paths: [], amends };
}

/** So soon nobody types the next commit; a script may. In milliseconds. */
const SOON = 10_000;

/**
 * git does not tell its hook of `--amend`, but when the commit was written: one that is amended keeps its date, which a new
 * one has only within the same second, or when it takes author and message from HEAD (-C HEAD).
 */
async function looksAmended(
  git: Git,
  { GIT_AUTHOR_DATE: date }: MessagePorts['environment'],
  clock: Clock,
): Promise<RefusedCommit['amends']> {
  if (date === undefined) return false;
  const asked = ['rev-list', '--max-count=1', '--no-commit-header', '--format=@%ad', '--date=raw', 'HEAD', '--'];
  const { exitCode, stdout } = await git.try(asked);
  if (exitCode !== 0 || stdout.trim() !== date) return false;
  const written = Number(/^@(\d+)/.exec(date)?.[1]) * 1000;
  return clock.now().getTime() - written > SOON ? true : 'perhaps';
}

async function messageFile(git: Git, environment: MessagePorts['environment']): Promise<MessageFile> {
  const { stdout } = await git.try([
    'config',
    '-z',
    '--get-regexp',
    '^(core\\.comment(char|string)|commit\\.cleanup)$',
  ]);
  const settings = stdout.split('\0').map((entry) => /^(\S+)\n(.*)$/s.exec(entry) ?? []);
  const last = (...names: readonly string[]) => settings.findLast(([, name = '']) => names.includes(name))?.[2];
  return {
    comment: last('core.commentchar', 'core.commentstring') ?? '#',
    cleanup: last('commit.cleanup') ?? 'default',
    // Told so to hooks when no editor is opened (builtin/commit.c).
    edited: environment.GIT_EDITOR !== ':',
  };
}
