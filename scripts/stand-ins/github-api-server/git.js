// The bare repository behind the stand-in. Updating a ref here is GitHub's own doing: no hook has a say in it.
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const IDENTITY = ['-c', 'user.name=GitHub', '-c', 'user.email=noreply@github.example'];

export class BareRepository {
  constructor(gitDir) {
    this.gitDir = gitDir;
  }

  async git(...args) {
    const { stdout } = await run('git', [...IDENTITY, '--git-dir', this.gitDir, ...args]);
    return stdout.trim();
  }

  /** The commit of a branch or tag; undefined when there is none. */
  async tip(name) {
    return this.git('rev-parse', '--verify', '--quiet', `${name}^{commit}`).catch(() => undefined);
  }

  async contains(descendant, ancestor) {
    return this.git('merge-base', '--is-ancestor', ancestor, descendant).then(
      () => true,
      () => false,
    );
  }

  /** Merges `head` into the branch `base` as the button on the site does, and returns what the branch holds then. */
  async merge(base, head, method, title) {
    const before = await this.tip(`refs/heads/${base}`);
    const after = await (method === 'rebase' ? this.rebased(before, head) : this.joined(before, head, method, title));
    await this.git('update-ref', `refs/heads/${base}`, after, before);
    return after;
  }

  async joined(base, head, method, title) {
    const tree = await this.git('merge-tree', '--write-tree', base, head);
    const parents = method === 'squash' ? ['-p', base] : ['-p', base, '-p', head];
    return this.git('commit-tree', tree, ...parents, '-m', title);
  }

  async rebased(base, head) {
    const folder = await mkdtemp(join(tmpdir(), 'stand-in-github-'));
    const tree = join(folder, 'tree');
    try {
      await this.git('worktree', 'add', '--quiet', '--detach', tree, head);
      const inTree = (...args) => run('git', [...IDENTITY, '-C', tree, ...args]);
      await inTree('rebase', '--quiet', '--force-rebase', base);
      return (await inTree('rev-parse', 'HEAD')).stdout.trim();
    } finally {
      await this.git('worktree', 'remove', '--force', tree);
      await rm(folder, { recursive: true, force: true });
    }
  }
}
