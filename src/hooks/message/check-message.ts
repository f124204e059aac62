import { posix } from 'node:path';
import type { MessageConfig } from '../../config/schema.ts';
import type { Files, Git } from '../../io/ports.ts';
import { messageProblem } from './explain.ts';
import { type MessageFile, readMessage } from './read.ts';
import { findFault, type ParsedMessage } from './rules.ts';

export interface MessagePorts {
  readonly git: Git;
  readonly files: Files;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly parse: (message: string) => ParsedMessage;
}

/**
 * Judges the message that git is about to commit.
 * @param path of the file that holds it, absolute
 * @param shown the same path as the user should type it
 * @throws Problem `message-form`, `message-type`, `message-scope`, `message-length`, `message-body`, `message-breaking`
 */
export async function checkMessage(
  { git, files, environment, parse }: MessagePorts,
  rules: MessageConfig,
  path: string,
  shown: string,
): Promise<void> {
  const text = (await files.readText(path)) ?? '';
  const message = readMessage(text, await messageFile(git, environment));
  // Linked worktrees keep it beside their message, too.
  const merging = await files.exists(posix.join(posix.dirname(path.replaceAll('\\', '/')), 'MERGE_HEAD'));
  const fault = findFault(message, parse, rules, merging);
  if (fault !== undefined) throw messageProblem(fault, rules, { file: shown, ownIndex: hasOwnIndex(environment) });
}

/** Whether git commits from an index made for this commit, as of `-a`, `-p` or named files, which is gone with it. */
function hasOwnIndex({ GIT_INDEX_FILE }: MessagePorts['environment']): boolean {
  return GIT_INDEX_FILE?.endsWith('.lock') ?? false;
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
