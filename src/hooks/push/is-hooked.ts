import { dirname, join } from 'node:path';
import type { Files, Git } from '../../io/ports.ts';
import { callsTagship } from '../install/hook-file.ts';

/** Whether a push from here goes through a pre-push hook that calls tagship: git's own, or the one that husky's shim runs. */
export async function pushIsHooked(git: Git, files: Files): Promise<boolean> {
  const answer = await git.try(['rev-parse', '--path-format=absolute', '--git-path', 'hooks/pre-push']);
  const hook = answer.stdout.replace(/\n$/, '');
  const texts = await Promise.all([hook, join(dirname(dirname(hook)), 'pre-push')].map(files.readText));
  return texts.some((text) => text !== undefined && callsTagship(text, 'pre-push'));
}
