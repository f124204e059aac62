// The same kill for tagship and its peers: SIGKILL of the tool with its git children while the tag is made and right
// before the push. Then what is left, and whether the same words typed again complete the release. A second table has
// what a remote that refuses main shows of such a release.
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { environment, must } from './compare.js';
import { contenders } from './contenders.js';
import { installPeers } from './peers.js';
import { addChange, copyWithRemote, makeRepository } from './repository.js';

/** Git's hooks strike, as git flow calls git by its full path. The git at hand first: it may have a group of its own. */
const KILL = 'touch "$KILLED"; kill -9 "$PPID"; kill -9 -"$KILL_GROUP"';
const KILL_AT_TAG = (state) =>
  `[ "$1" = ${state} ] || exit 0\nwhile read -r _ _ ref; do case $ref in refs/tags/*) ${KILL} ;; esac; done\nexit 0`;
const MOMENTS = {
  'tag prepared': { hook: 'reference-transaction', script: KILL_AT_TAG('prepared') },
  'tag committed': { hook: 'reference-transaction', script: KILL_AT_TAG('committed') },
  'before the push': { hook: 'pre-push', script: KILL },
};

/** The newest that run on Node 20. Git flow is the one of the system. */
const PEERS = ['release-it@19.2.4', 'commit-and-tag-version@12.7.3', 'bumpp@11.1.0'];

/** Prints what docs/measured.md holds. */
export function run() {
  const folder = mkdtempSync(join(tmpdir(), 'tagship-kills-'));
  try {
    const modules = installPeers(folder, PEERS);
    const original = makeRepository(join(folder, 'original'), { commits: 30, tags: 0 });
    const make = (tool, name) => {
      const cwd = copyWithRemote(original, join(folder, `${tool.name}-${name}`.replaceAll(' ', '-')));
      addChange(cwd);
      tool.prepare(cwd);
      return cwd;
    };
    const tools = contenders(modules);
    const gitFlow = /^\d[\d.]*/.exec(must('git', ['flow', 'version'], {}))?.[0];
    console.log(`git-flow@${gitFlow}, ${PEERS.join(', ')}\n`);
    printRows(['tool', 'killed at', 'tag', 'lock files left', 'working tree', 'typed again']);
    for (const tool of tools) {
      const rows = Object.keys(MOMENTS).map((moment) => killed(tool, moment, make(tool, moment)));
      for (const [index, row] of rows.entries()) printRow([index === 0 ? tool.name : '', ...row]);
    }
    console.log('');
    printRows(['tool', 'exit status', 'seen on the remote']);
    for (const tool of tools) printRow(refusedMain(tool, make(tool, 'refused')));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const printRow = (cells) => console.log(`| ${cells.join(' | ')} |`.replaceAll('|  |', '| |'));

function printRows(heads) {
  printRow(heads);
  console.log(`|${heads.map(() => '---').join('|')}|`);
}

/** The cells of one kill, behind the tool's name. */
function killed(tool, moment, cwd) {
  const { hook, script } = MOMENTS[moment];
  const mark = `${cwd}.killed`;
  writeHook(join(cwd, '.git/hooks'), hook, script);
  type(tool, cwd, mark);
  rmSync(join(cwd, '.git/hooks', hook));
  if (!existsSync(mark)) throw new Error(`${tool.name} was not killed at "${moment}"`);
  const { here, locks, dirty } = lookAt(cwd);
  const left = [here.length > 0 ? 'yes' : 'no', String(locks), dirty ? 'changed' : 'clean'];
  return [moment, ...left, typeAgain(tool, cwd)];
}

function lookAt(cwd) {
  const paths = readdirSync(join(cwd, '.git'), { recursive: true, encoding: 'utf8' });
  return {
    here: tags(cwd),
    there: tags(`${cwd}.git`),
    behind: ['main', 'develop'].filter((name) => tip(cwd, name) !== tip(`${cwd}.git`, name)),
    locks: paths.filter((path) => path.endsWith('.lock')).length,
    dirty: git(cwd, 'status', '--porcelain') !== '',
  };
}

/** Complete is: exit status 0, one tag and no second, the same refs here and there, no lock file, a clean tree. */
function typeAgain(tool, cwd) {
  const status = type(tool, cwd, `${cwd}.again`);
  const { here, there, behind, locks, dirty } = lookAt(cwd);
  const [newest] = here.filter((tag) => tag !== 'v0.1.1');
  const wrong = [
    here.length === 0 && 'no tag',
    newest !== undefined && (here.length > 1 ? `a second version, ${newest}` : newest),
    here.join() !== there.join() && 'the tag not pushed',
    ...behind.map((name) => `\`${name}\` not pushed`),
    locks > 0 && (locks === 1 ? 'the lock file stays' : 'lock files stay'),
    dirty && 'changes in the working tree',
  ].filter(Boolean);
  if (wrong.length === 0) return status === 0 ? 'completes' : `exit ${status}`;
  return `exit ${status}${status === 0 ? ' with' : ':'} ${wrong.join(', ')}`;
}

function refusedMain(tool, cwd) {
  const seen = `${cwd}.seen`;
  const hooks = join(`${cwd}.git`, 'hooks');
  writeHook(hooks, 'update', '[ "$1" != refs/heads/main ]');
  writeHook(hooks, 'reference-transaction', `[ "$1" != committed ] || cat >>"${seen}"`);
  writeHook(hooks, 'post-receive', `cat >>"${seen}"`);
  const status = type(tool, cwd, `${cwd}.killed`);
  const refs = existsSync(seen) ? readFileSync(seen, 'utf8').match(/refs\/\S+/g) : [];
  const names = [...new Set(refs)].map((ref) =>
    ref.startsWith('refs/tags/') ? 'the tag' : `\`${ref.replace('refs/heads/', '')}\``,
  );
  return [tool.name, String(status), names.join(', ') || 'nothing'];
}

/** Types the commands in turn, each in a process group of its own; ends at the first that fails. */
function type(tool, cwd, mark) {
  for (const command of tool.typed) {
    const env = { ...environment, GIT_MERGE_AUTOEDIT: 'no', KILLED: mark };
    const leader = ['-c', 'KILL_GROUP=$$ exec "$@"', 'sh', ...command];
    const { status, signal } = spawnSync('setsid', ['--wait', 'sh', ...leader], { cwd, env, encoding: 'utf8' });
    if (status !== 0) return status ?? signal;
  }
  return 0;
}

function writeHook(folder, name, script) {
  writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`);
  chmodSync(join(folder, name), 0o755);
}

const git = (cwd, ...args) => must('git', args, { cwd }).trim();
const tip = (cwd, name) => git(cwd, 'rev-parse', `refs/heads/${name}`);
const tags = (cwd) => git(cwd, 'tag').split('\n').filter(Boolean);
