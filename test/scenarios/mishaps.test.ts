import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { AppRepository } from '../support/app-repository.ts';

interface Mishap {
  readonly what: string;
  /** What has happened, in the folder of the app. */
  readonly arrange?: (folder: string) => void;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly code: string;
}

const folder = (name: string) => (app: string) => mkdirSync(join(app, name));
const file = (name: string) => (app: string) => writeFileSync(join(app, name), 'nothing of use');
const link = (name: string) => (app: string) => symlinkSync(name, join(app, name));

/** Stages what is in no repository. */
const lostObject = (app: string) =>
  execFileSync('git', ['update-index', '--add', '--cacheinfo', `100644,${'a'.repeat(40)},lost.txt`], { cwd: app });

const MISHAPS: readonly Mishap[] = [
  { what: 'no such folder', args: ['-C', 'pubspec.yaml/lib', 'release', 'status'], code: 'no-folder' },
  { what: 'no git', args: ['release', 'status'], env: { PATH: '/nonexistent' }, code: 'git-missing' },
  { what: 'no TMPDIR', args: ['check'], env: { TMPDIR: '/nonexistent' }, code: 'no-temporary-folder' },
  { what: 'no such remote', args: ['push', 'nowhere'], code: 'no-remote' },
  { what: 'a folder', arrange: folder('tagship.yaml'), args: ['hook', 'pre-commit'], code: 'file-trouble' },
  { what: 'a folder', arrange: folder('package.json'), args: ['init'], code: 'file-trouble' },
  { what: 'a link to itself', arrange: link('tagship.yaml'), args: ['doctor'], code: 'file-trouble' },
  { what: 'a file', arrange: file('.husky'), args: ['init'], code: 'file-trouble' },
  { what: 'a damaged index', arrange: file('.git/index'), args: ['hook', 'pre-commit'], code: 'git-failed' },
  { what: 'a lost object', arrange: lostObject, args: ['check', '--staged'], code: 'git-failed' },
  { what: 'a lost object', arrange: lostObject, args: ['hook', 'pre-commit'], code: 'git-failed' },
  { what: 'a bare repository', args: ['-C', '../origin.git', 'init'], code: 'no-worktree' },
  { what: 'a bare repository', args: ['-C', '../origin.git', 'check'], code: 'no-worktree' },
  { what: 'a bare repository', args: ['-C', '../origin.git', 'doctor'], code: 'no-worktree' },
];

it.each(MISHAPS)('$what, met by $args, is told with a next command and as no bug', async (mishap) => {
  const app = await AppRepository.make();
  mishap.arrange?.(app.path);
  const { exitCode, stderr, stdout } = await app.tagship(['--json', ...mishap.args], mishap.env);
  expect([2, 3, 4]).toContain(exitCode);
  expect(stderr).toMatch(/^ {2}next: \S/m);
  expect(stderr).not.toMatch(/bug in tagship|^\s+at /m);
  expect(JSON.parse(stdout)).toMatchObject({ exit: exitCode, problems: [{ code: mishap.code }] });
});
