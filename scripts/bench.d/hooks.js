// A push with nothing left to check: husky with `true`, tagship's fast path, tagship's Node path, and lefthook with no
// commands: with the hook that it writes for whoever has it from npm, and with its program alone.
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { interleave, median, must, printTable, ratio } from './compare.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const TAGSHIP = join(ROOT, 'dist/main.js');
const ROUNDS = Number(process.env.ROUNDS ?? 15);
/** Of the kernel's clock, in which it counts what children have used (proc(5)). */
const TICK = 10;
const { NODE_EXTRA_CA_CERTS: _, ...ENVIRONMENT } = process.env;
const PATH = [join(ROOT, 'scripts/stand-ins'), process.env.PATH].join(delimiter);
const SLOW = { ...ENVIRONMENT, PATH, FLUTTER_STAND_IN: 'delay=30s' };

export async function run() {
  const folder = mkdtempSync(join(tmpdir(), 'tagship-bench-'));
  try {
    const lefthook = installLefthook(folder);
    const script = `tagship_main='${TAGSHIP}'\ntagship_node='${process.execPath}'\n. '${ROOT}/src/hooks/verified/fast-path.sh'\n`;
    const repositories = {
      'husky true': withHusky(makeApp(join(folder, 'true')), 'true\n'),
      'tagship, verified': verified(withHusky(makeApp(join(folder, 'fast')), script), SLOW),
      'tagship, Node path': verified(
        withHusky(makeApp(join(folder, 'node')), `exec '${process.execPath}' '${TAGSHIP}' hook pre-push "$@"\n`),
      ),
      'node -e 0': withHusky(makeApp(join(folder, 'none')), `exec '${process.execPath}' -e 0\n`),
      lefthook: withLefthook(makeApp(join(folder, 'lefthook')), lefthook),
      'lefthook, its program': withLefthookAlone(makeApp(join(folder, 'alone')), lefthook),
    };
    const used = new Map();
    const contenders = Object.entries(repositories).map(([name, cwd]) => pushing(name, cwd, used));
    const times = interleave(contenders, ROUNDS);
    report(times, used);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

// Without its install script, which writes hooks and a lefthook.yml into whatever repository it is started from.
export function installLefthook(folder) {
  const home = join(folder, 'peer');
  must('npm', ['install', '--prefix', home, '--no-save', '--no-audit', '--no-fund', '--ignore-scripts', 'lefthook@1'], {
    env: process.env,
  });
  const modules = join(home, 'node_modules');
  const name = readdirSync(modules).find((one) => /^lefthook-/.test(one));
  return join(modules, name ?? 'lefthook', 'bin/lefthook');
}

export function makeApp(folder) {
  mkdirSync(folder, { recursive: true });
  const git = (...args) => must('git', args, { cwd: folder });
  git('init', '-q', '-b', 'topic');
  must('git', ['init', '-q', '--bare', `${folder}.git`], {});
  for (const [key, value] of Object.entries({ name: 'Bench', email: 'bench@example.com' }))
    git('config', `user.${key}`, value);
  cpSync(join(ROOT, 'scripts/demo.d/app'), folder, { recursive: true });
  // The demo fills it in; here nothing is deployed.
  rmSync(join(folder, 'tagship.yaml'));
  git('remote', 'add', 'origin', `${folder}.git`);
  writeFileSync(join(folder, '.git/info/exclude'), '.husky/\nlefthook.yml\nnode_modules\n.dart_tool/\n');
  git('add', '-A');
  git('commit', '-q', '-m', 'feat: begin');
  return folder;
}

function withHusky(cwd, script) {
  must(process.execPath, [join(ROOT, 'node_modules/husky/bin.js')], { cwd });
  writeFileSync(join(cwd, '.husky/pre-push'), script);
  return cwd;
}

/** As `npm install lefthook` leaves it: its hook looks for the program in node_modules. */
function withLefthook(cwd, program) {
  writeFileSync(join(cwd, 'lefthook.yml'), 'pre-push:\n  commands:\n    nothing: { run: "true", glob: "*.none" }\n');
  symlinkSync(dirname(dirname(dirname(program))), join(cwd, 'node_modules'));
  must(program, ['install'], { cwd });
  return cwd;
}

/** What lefthook itself takes, without the shell script that looks for it. */
function withLefthookAlone(cwd, program) {
  withLefthook(cwd, program);
  const hook = join(cwd, '.git/hooks/pre-push');
  writeFileSync(hook, `#!/bin/sh\nexec '${program}' run pre-push "$@"\n`);
  chmodSync(hook, 0o755);
  return cwd;
}

/** Checked once; with tests that take half a minute no push may wait for them again. */
function verified(cwd, env = { ...ENVIRONMENT, PATH }) {
  must(process.execPath, [TAGSHIP, 'check'], { cwd, env });
  return cwd;
}

function pushing(name, cwd, used) {
  let branch = 0;
  used.set(name, []);
  const run = () => {
    const before = childrenTicks();
    must('git', ['push', '-q', 'origin', `HEAD:refs/heads/b${branch++}`], { cwd, env: SLOW });
    used.get(name).push((childrenTicks() - before) * TICK);
  };
  return { name, run };
}

/** What ended children have used, user and system together. */
function childrenTicks() {
  const stat = readFileSync('/proc/self/stat', 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return Number(fields[13]) + Number(fields[14]);
}

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

function report(times, used) {
  const middle = (name) => median(times.get(name));
  const cpu = (name) => mean(used.get(name));
  console.log(`a push to a bare repository, ${ROUNDS} interleaved rounds: median of the time, mean of the CPU time`);
  const rows = [...times.keys()].map((name) => [
    name,
    `${middle(name).toFixed(0)} ms`,
    `${cpu(name).toFixed(1)} ms CPU`,
  ]);
  printTable([['', 'time', 'CPU'], ...rows]);
  const fast = 'tagship, verified';
  printTable([
    ['verified / lefthook', ratio(times, fast, 'lefthook').toFixed(2), 'at most 0.70'],
    ['verified / its program', ratio(times, fast, 'lefthook, its program').toFixed(2), ''],
    ['verified - husky true', `${(cpu(fast) - cpu('husky true')).toFixed(1)} ms CPU`, 'at most 5'],
    ['Node path - node -e 0', `${(cpu('tagship, Node path') - cpu('node -e 0')).toFixed(1)} ms CPU`, 'at most 10'],
    ['verified, tests of 30 s', `${middle(fast).toFixed(0)} ms`, 'below 200'],
  ]);
}
