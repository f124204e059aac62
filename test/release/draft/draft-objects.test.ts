import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openGit } from '../../../src/io/git.ts';
import { commit } from '../../../src/release/commit.ts';
import { draftObjects } from '../../../src/release/draft/draft-objects.ts';
import { runProgram } from '../../support/tagship.ts';

async function openRepository(format: string) {
  const cwd = mkdtempSync(join(tmpdir(), 'tagship-draft-'));
  onTestFinished(() => rmSync(cwd, { recursive: true, force: true }));
  await runProgram('git', ['init', '-q', `--object-format=${format}`], { cwd });
  const git = openGit(cwd, process.env);
  const tree = (await git.run(['hash-object', '-w', '-t', 'tree', '/dev/null'])).trim();
  return { cwd, git, tree };
}

const IDENTITY = { who: 'Tester <t@example.com>', when: '1700000000 -0330', author: 'Otto Ö <o@example.com>' };
const ENVIRONMENT = {
  GIT_AUTHOR_NAME: 'Otto Ö',
  GIT_AUTHOR_EMAIL: 'o@example.com',
  GIT_COMMITTER_NAME: 'Tester',
  GIT_COMMITTER_EMAIL: 't@example.com',
  GIT_AUTHOR_DATE: `@${IDENTITY.when}`,
  GIT_COMMITTER_DATE: `@${IDENTITY.when}`,
};

describe.each(['sha1', 'sha256'])('objects drafted for a repository of %s', (format) => {
  it('are in the store once written, of any size, as git itself makes them', async () => {
    const { cwd, git, tree } = await openRepository(format);
    const draft = draftObjects(git, tree);
    // Around the steps in which a pack writes sizes.
    const sizes = [0, 1, 15, 16, 17, 2047, 2048, 2049, 262_143, 262_144, 300_000];
    for (const size of sizes) {
      const content = Buffer.alloc(size, 'tagship ');
      const id = draft.add('blob', content);
      expect(id).toBe((await git.run(['hash-object', '--stdin'], { input: content })).trim());
    }
    expect(await git.run(['count-objects'])).toMatch(/^1 objects/);
    await draft.write();
    expect(await git.run(['count-objects'])).toMatch(new RegExp(`^${sizes.length + 1} objects`));
    await git.run(['fsck', '--strict', '--no-dangling']);
    expect(readFileSync(join(cwd, '.git/HEAD'), 'utf8')).toContain('ref: ');
  });

  it.each(['fix: one line', 'feat: several\n\nlines, ä and ö\n'])(
    'are the commits of commit-tree: %j',
    async (message) => {
      const { git, tree } = await openRepository(format);
      const draft = draftObjects(git, tree);
      const details = { identity: IDENTITY, signing: { commits: false, tags: false } };
      const first = await commit({ git, draft }, details, tree, [], message);
      const second = await commit({ git, draft }, details, tree, [first], message);
      const third = await commit({ git, draft }, details, tree, [second, first], message);
      await draft.write();
      const made = async (...parents: string[]) => {
        const named = parents.flatMap((parent) => ['-p', parent]);
        return (await git.run(['commit-tree', tree, ...named, '-m', message], { env: ENVIRONMENT })).trim();
      };
      expect([first, second, third]).toEqual([await made(), await made(first), await made(second, first)]);
    },
  );
});

it('an object store that cannot be written refuses the release', async () => {
  const { cwd, git, tree } = await openRepository('sha1');
  const draft = draftObjects(git, tree);
  draft.add('blob', Buffer.from('x\n'));
  rmSync(join(cwd, '.git/objects'), { recursive: true });
  await expect(draft.write()).rejects.toMatchObject({ code: 'objects-refused', exit: 3 });
});
