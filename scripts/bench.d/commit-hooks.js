// A commit with nothing to check, with a pre-commit and a commit-msg hook: husky with `true`, tagship as `tagship init`
// sets it up, lefthook as it installs itself.
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { interleave, median, must, printTable, ratio } from './compare.js';
import { installLefthook, makeApp } from './hooks.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const ROUNDS = Number(process.env.ROUNDS ?? 15);
const { NODE_EXTRA_CA_CERTS: _, ...ENVIRONMENT } = process.env;

const LEFTHOOK = `pre-commit:
  commands:
    nothing: { run: "true", glob: "*.none" }
commit-msg:
  commands:
    form: { run: "grep -qE '^[a-z]+(\\\\(.*\\\\))?!?: ' {1}" }
`;

export async function run() {
  const folder = mkdtempSync(join(tmpdir(), 'tagship-bench-'));
  try {
    const env = { ...ENVIRONMENT, LEFTHOOK_BIN: installLefthook(folder) };
    const contenders = [
      committing('no hook', makeApp(join(folder, 'none')), env),
      committing('husky true', withHusky(makeApp(join(folder, 'true'))), env),
      committing('tagship', withTagship(makeApp(join(folder, 'tagship'))), env),
      committing('lefthook', withLefthook(makeApp(join(folder, 'lefthook')), env), env),
    ];
    report(interleave(contenders, ROUNDS));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function withHusky(cwd) {
  must(process.execPath, [join(ROOT, 'node_modules/husky/bin.js')], { cwd });
  for (const hook of ['pre-commit', 'commit-msg']) writeFileSync(join(cwd, '.husky', hook), 'true\n');
  return cwd;
}

function withTagship(cwd) {
  mkdirSync(join(cwd, 'node_modules'));
  symlinkSync(ROOT, join(cwd, 'node_modules/tagship'));
  must(process.execPath, [join(ROOT, 'dist/main.js'), 'init'], { cwd });
  return cwd;
}

function withLefthook(cwd, env) {
  writeFileSync(join(cwd, 'lefthook.yml'), LEFTHOOK);
  must(env.LEFTHOOK_BIN, ['install'], { cwd, env });
  return cwd;
}

function committing(name, cwd, env) {
  const run = () => must('git', ['commit', '-q', '--allow-empty', '-m', 'feat: nothing to check'], { cwd, env });
  return { name, run };
}

function report(times) {
  const middle = (name) => median(times.get(name));
  console.log(`a commit with nothing to check, ${ROUNDS} interleaved rounds: median of the time`);
  printTable([...times.keys()].map((name) => [name, `${middle(name).toFixed(0)} ms`]));
  printTable([['tagship / lefthook', ratio(times, 'tagship', 'lefthook').toFixed(2), 'at most 0.60']]);
}
