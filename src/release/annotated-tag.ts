import { join } from 'node:path';
import { EXIT, Problem } from '../core/problem.ts';
import type { Files } from '../io/ports.ts';
import type { CommitPorts } from './commit.ts';
import { DURABLY } from './durable.ts';
import type { ReleaseDetails, ReleaseTag } from './plan-types.ts';

interface TagPorts extends CommitPorts {
  readonly files: Files;
  readonly commonDir: string;
}

type TagFacts = Pick<ReleaseDetails, 'identity' | 'signing'>;

/**
 * Makes the tag object, which no ref names yet, and returns its id. Git itself makes those that are signed.
 * @throws Problem `signing-failed`
 */
export async function annotatedTag(
  ports: TagPorts,
  details: TagFacts,
  tag: ReleaseTag,
  target: string,
): Promise<string> {
  return details.signing.tags ? signedTag(ports, details, tag, target) : plainTag(ports, details, tag, target);
}

function plainTag({ draft }: TagPorts, { identity }: TagFacts, tag: ReleaseTag, target: string): string {
  const header = [`object ${target}`, 'type commit', `tag ${tag.name}`, `tagger ${identity.who} ${identity.when}`];
  return draft.add('tag', Buffer.from([...header, '', tag.message, ''].join('\n')));
}

const SIGNATURE = /^-----BEGIN (PGP SIGNATURE|PGP MESSAGE|SSH SIGNATURE|SIGNED MESSAGE)-----$/m;

/**
 * Only `git tag` signs, in every format git knows, and it makes a ref. So it does that in a throw-away repository with
 * the same settings and the same object store.
 */
async function signedTag(
  { git, files, commonDir, draft }: TagPorts,
  { identity }: TagFacts,
  tag: ReleaseTag,
  target: string,
): Promise<string> {
  await draft.write();
  return files.withTemporaryFolder(async (folder) => {
    await files.makeFolder(join(folder, 'refs'));
    await files.write(join(folder, 'HEAD'), Buffer.from('ref: refs/heads/none\n'));
    await files.write(join(folder, 'config'), (await files.readBytes(join(commonDir, 'config'))) ?? Buffer.alloc(0));
    const env = {
      GIT_DIR: folder,
      GIT_OBJECT_DIRECTORY: join(commonDir, 'objects'),
      GIT_COMMITTER_DATE: `@${identity.when}`,
    };
    const answer = await git.try([...DURABLY, 'tag', '-s', '-m', tag.message, '--', tag.name, target], { env });
    if (answer.exitCode !== 0) throw signingFailed('tag', answer.stderr);
    const id = (await git.run(['rev-parse', '--verify', `refs/tags/${tag.name}`], { env })).trim();
    // git 2.39 ends with status 0 and an unsigned tag when an SSH key cannot be read.
    const [object] = await git.readObjects([id]);
    if (object === undefined || !SIGNATURE.test(object.toString())) throw signingFailed('tag', 'git made no signature');
    return id;
  });
}

export function signingFailed(object: 'commit' | 'tag', why: string): Problem {
  return new Problem({
    code: 'signing-failed',
    what: `the ${object} could not be signed; nothing has changed`,
    why: why.trim(),
    fix: `see that the key is there: git config user.signingKey; or sign no ${object}s: git config ${object}.gpgSign false`,
    exit: EXIT.refused,
  });
}
