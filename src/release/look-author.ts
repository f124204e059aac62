import type { Git } from '../io/ports.ts';
import type { GitSettings } from './look-settings.ts';

const VARIABLES: readonly string[] = ['AUTHOR_NAME', 'AUTHOR_EMAIL', 'COMMITTER_NAME', 'COMMITTER_EMAIL'];

/** `Name <mail> seconds zone` of the author, where git may take another for it than for the committer. */
export async function lookAtAuthor(
  git: Git,
  { ownAuthor }: Pick<GitSettings, 'ownAuthor'>,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<string | undefined> {
  if (!ownAuthor && VARIABLES.every((name) => environment[`GIT_${name}`] === undefined)) return undefined;
  const answer = await git.try(['var', 'GIT_AUTHOR_IDENT']);
  return answer.exitCode === 0 ? answer.stdout.trim() : undefined;
}
