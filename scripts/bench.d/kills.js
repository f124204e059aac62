// The same kill for tagship and its peers: SIGKILL of the tool with its git children while the tag is made and right
// before the push. Then what is left, and whether the same words typed again complete the release. A second table has
// what a remote that refuses main shows of such a release.
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { environment, must, printTable } from './compare.js';
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

export function run() {
  const folder = mkdtempSync(join(tmpdir(), 'tagship-kills-'));
  try {
    const modules = installPeers(folder, ['release-it@19', 'commit-and-tag-version', 'bumpp']);
    const original = makeRepository(join(folder, 'original'), { commits: 30, tags: 0 });
    const make = (tool, name) => {
      const cwd = copyWithRemote(original, join(folder, `${tool.name}-${name}`.replaceAll(' ', '-')));
      addChange(cwd);
      tool.prepare(cwd);
      return cwd;
    };
    const tools = contenders(modules);
    console.log('killed, with its git; what is left; the same typed again');
    printTable([
      ['tool', 'killed at', 'new commits', 'tag here', 'tag there', 'behind', 'locks', 'dirty', 'on', 'typed again'],
      ...Object.entries(MOMENTS).flatMap(([name, moment]) =>
        tools.map((tool) => killed(tool, name, moment, make(tool, name))),
      ),
    ]);
    console.log('\na remote that refuses main: what others saw there');
    printTable([
      ['tool', 'exit', 'seen on the remote'],
      ...tools.map((tool) => refusedMain(tool, make(tool, 'refused'))),
    ]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function killed(tool, moment, { hook, script }, cwd) {
  const mark = `${cwd}.killed`;
  const before = Number(git(cwd, 'rev-list', '--all', '--count'));
  writeHook(join(cwd, '.git/hooks'), hook, script);
  type(tool, cwd, mark);
  rmSync(join(cwd, '.git/hooks', hook));
  if (!existsSync(mark)) throw new Error(`${tool.name} was not killed at "${moment}"`);
  const left = lookAt(cwd);
  const found = [Number(git(cwd, 'rev-list', '--all', '--count')) - before, ...left];
  const by = tool.pushes || moment !== 'before the push' ? moment : `${moment} (typed by hand)`;
  return [tool.name, by, ...found.map(String), typeAgain(tool, cwd)];
}

/** What the kill has left, in the order of the table's columns. */
function lookAt(cwd) {
  const locks = readdirSync(join(cwd, '.git'), { recursive: true, encoding: 'utf8' }).filter((path) =>
    path.endsWith('.lock'),
  );
  const behind = ['main', 'develop'].filter((name) => tip(cwd, name) !== tip(`${cwd}.git`, name));
  return [
    tags(cwd).join(' ') || '-',
    tags(`${cwd}.git`).join(' ') || '-',
    behind.join(' ') || '-',
    locks.length,
    git(cwd, 'status', '--porcelain') === '' ? 'no' : 'yes',
    git(cwd, 'rev-parse', '--abbrev-ref', 'HEAD'),
  ];
}

/** Complete is: exit status 0, one tag and no second, the same refs here and there, no lock file, a clean tree. */
function typeAgain(tool, cwd) {
  const status = type(tool, cwd, `${cwd}.again`);
  const [here, there, behind, locks, dirty] = lookAt(cwd);
  const wrong = [
    here !== 'v0.1.1' && `tags here: ${here}`,
    there !== here && `tags there: ${there}`,
    behind !== '-' && `not pushed: ${behind}`,
    locks > 0 && `${locks} lock files`,
    dirty === 'yes' && 'dirty',
  ].filter(Boolean);
  if (status === 0 && wrong.length === 0) return 'completes';
  return [`exit ${status}`, ...wrong].join(', ');
}

function refusedMain(tool, cwd) {
  const seen = `${cwd}.seen`;
  const hooks = join(`${cwd}.git`, 'hooks');
  writeHook(hooks, 'update', '[ "$1" != refs/heads/main ]');
  writeHook(hooks, 'reference-transaction', `[ "$1" != committed ] || cat >>"${seen}"`);
  writeHook(hooks, 'post-receive', `cat >>"${seen}"`);
  const status = type(tool, cwd, `${cwd}.killed`);
  const refs = existsSync(seen) ? readFileSync(seen, 'utf8').match(/refs\/\S+/g) : [];
  return [tool.name, String(status), [...new Set(refs)].join(' ') || 'nothing'];
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
