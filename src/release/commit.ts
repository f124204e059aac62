import type { Git } from '../io/ports.ts';
import { signingFailed } from './annotated-tag.ts';
import type { DraftObjects } from './draft/draft-objects.ts';
import { DURABLY } from './durable.ts';
import type { ReleaseDetails } from './plan-types.ts';

export interface CommitPorts {
  readonly git: Git;
  readonly draft: DraftObjects;
}

type CommitFacts = Pick<ReleaseDetails, 'identity' | 'signing'>;

/**
 * Makes a commit that no branch points to, and returns its id. Git itself makes those that are signed.
 * @throws Problem `signing-failed`
 */
export async function commit(
  ports: CommitPorts,
  details: CommitFacts,
  tree: string,
  parents: readonly string[],
  message: string,
): Promise<string> {
  if (details.signing.commits) return signedCommit(ports, details, tree, parents, message);
  const { who, when, author = who } = details.identity;
  const header = [
    `tree ${tree}`,
    ...parents.map((parent) => `parent ${parent}`),
    `author ${author} ${when}`,
    `committer ${who} ${when}`,
  ];
  return ports.draft.add('commit', Buffer.from([...header, '', whole(message)].join('\n')));
}

/** With a newline at its end, as git keeps it. */
const whole = (message: string) => (message.endsWith('\n') ? message : `${message}\n`);

async function signedCommit(
  { git, draft }: CommitPorts,
  { identity }: CommitFacts,
  tree: string,
  parents: readonly string[],
  message: string,
): Promise<string> {
  await draft.write();
  const named = parents.flatMap((parent) => ['-p', parent]);
  const env = { GIT_AUTHOR_DATE: `@${identity.when}`, GIT_COMMITTER_DATE: `@${identity.when}` };
  const answer = await git.try([...DURABLY, 'commit-tree', '-S', tree, ...named, '-m', message], { env });
  if (answer.exitCode === 0) return answer.stdout.trim();
  throw signingFailed('commit', answer.stderr);
}
