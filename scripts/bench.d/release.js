// A release without gates, published to a remote on this machine: tagship, git flow start + finish, and release-it, on
// two repositories. tagship and git flow leave the same graph on the remote; release-it only bumps, tags and pushes the
// branch it is on, and neither of the two writes a changelog.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { interleave, median, must, printTable } from './compare.js';
import { initGitFlow, installPeers } from './peers.js';
import { addChange, copyWithRemote, makeRepository } from './repository.js';

const TAGSHIP = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
const SIZES = { small: { commits: 30, tags: 0 }, large: { commits: 20_000, tags: 500 } };
const ROUNDS = Number(process.env.ROUNDS ?? 7);

export async function run() {
  const folder = mkdtempSync(join(tmpdir(), 'tagship-bench-'));
  try {
    const peer = join(installPeers(folder, ['release-it@19']), 'release-it/bin/release-it.js');
    const medians = {};
    for (const [size, shape] of Object.entries(SIZES)) {
      const original = makeRepository(join(folder, size), shape);
      const contenders = [
        tagship(copyWithRemote(original, join(folder, `${size}-tagship`))),
        gitFlow(copyWithRemote(original, join(folder, `${size}-git-flow`))),
        releaseIt(copyWithRemote(original, join(folder, `${size}-release-it`)), peer),
      ];
      const times = interleave(contenders, ROUNDS);
      medians[size] = new Map([...times].map(([name, values]) => [name, median(values)]));
    }
    report(medians, countProcesses(join(folder, 'small'), folder));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const ARGS = [TAGSHIP, 'release', 'patch', '--yes', '--no-checks'];

function tagship(cwd) {
  return { name: 'tagship', prepare: () => addChange(cwd), run: () => must(process.execPath, ARGS, { cwd }) };
}

function gitFlow(cwd) {
  initGitFlow(cwd);
  let patch = 0;
  const run = () => {
    const version = `0.1.${++patch}`;
    must('git', ['flow', 'release', 'start', version], { cwd });
    const pubspec = join(cwd, 'pubspec.yaml');
    writeFileSync(pubspec, readFileSync(pubspec, 'utf8').replace(/version: .*/, `version: ${version}`));
    must('git', ['commit', '-q', '-am', `chore(release): ${version}`], { cwd });
    const env = { ...process.env, GIT_MERGE_AUTOEDIT: 'no' };
    must('git', ['flow', 'release', 'finish', '--push', '-m', `Release ${version}`, version], { cwd, env });
  };
  return { name: 'git flow', prepare: () => addChange(cwd), run };
}

function releaseIt(cwd, program) {
  const flags = ['--ci', '--no-npm'];
  const run = () => must(process.execPath, [program, 'patch', ...flags], { cwd });
  return { name: 'release-it', prepare: () => addChange(cwd), run };
}

/** Processes of git that tagship itself starts for one release; those that git starts in turn are not counted. */
function countProcesses(original, folder) {
  const trace = join(folder, 'trace');
  const cwd = copyWithRemote(original, join(folder, 'counted'));
  must(process.execPath, ARGS, { cwd, env: { ...process.env, GIT_TRACE2_EVENT: trace } });
  const starts = readFileSync(trace, 'utf8')
    .split('\n')
    .filter((line) => line.includes('"event":"start"'));
  return starts.filter((line) => !JSON.parse(line).sid.includes('/')).length;
}

function report(medians, processes) {
  const rows = [['', 'small: 30 commits', 'large: 20,000 commits, 500 tags']];
  for (const name of medians.small.keys()) {
    rows.push([name, ...['small', 'large'].map((size) => `${medians[size].get(name).toFixed(0)} ms`)]);
  }
  const ours = (size) => medians[size].get('tagship');
  for (const peer of ['git flow', 'release-it']) {
    rows.push([
      `tagship / ${peer}`,
      ...['small', 'large'].map((size) => (ours(size) / medians[size].get(peer)).toFixed(2)),
    ]);
  }
  rows.push(['large / small', '', (ours('large') / ours('small')).toFixed(2)]);
  rows.push(['git processes', String(processes), '']);
  console.log(`medians of ${ROUNDS} interleaved rounds`);
  printTable(rows);
}
