import { appendFileSync, cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { AppRepository } from '../support/app-repository.ts';
import { hasProgram } from '../support/needs.ts';
import { runProgram } from '../support/tagship.ts';

/** A small repeatable source of choices: the same seed makes the same history. */
function choices(seed: number): (limit: number) => number {
  let state = seed * 2_654_435_761 + 1;
  return (limit) => {
    state = (Math.imul(state ^ (state >>> 15), 2_246_822_519) + 3_266_489_917) >>> 0;
    return (state >>> 8) % limit;
  };
}

type Step = 'merge' | 'diverged main' | 'commit';

/** What happens before the release: commits and merged features on develop, and now and then a commit on main alone. */
function historyOf(seed: number): readonly Step[] {
  const choose = choices(seed);
  const kinds = ['merge', 'merge', 'diverged main', 'diverged main', 'commit', 'commit'] as const;
  return Array.from({ length: 4 + choose(5) }, () => kinds[choose(kinds.length)] ?? 'commit');
}

async function growHistory(app: AppRepository, seed: number): Promise<void> {
  for (const [number, step] of historyOf(seed).entries()) {
    const file = `lib/part${seed}_${number}.dart`;
    if (step === 'merge') {
      await app.git('switch', '-q', '-c', `feature/${number}`, 'develop');
      await app.commit(file, `// ${number}\n`, `feat: part ${number}`);
      await app.git('switch', '-q', 'develop');
      await app.git('merge', '-q', '--no-ff', '-m', `Merge feature ${number}`, `feature/${number}`);
      await app.git('branch', '-q', '-D', `feature/${number}`);
    } else if (step === 'diverged main') {
      await app.git('switch', '-q', 'main');
      await app.commit(`on_main_${number}.txt`, `${number}\n`, 'fix: on main alone');
      await app.git('switch', '-q', 'develop');
    } else {
      await app.commit(file, `// ${number}\n`, `fix: part ${number}`);
    }
  }
}

/** A commit by what it holds and what it comes from: equal for equal graphs, whatever their messages and times. */
async function shapeOf(app: AppRepository, commit: string): Promise<string> {
  const lines = (await app.git('log', '--reverse', '--topo-order', '--format=%H %T %P', commit)).split('\n');
  const shapes = new Map<string, string>();
  const numbers = new Map<string, string>();
  let last = '';
  for (const line of lines) {
    const [hash = '', tree = '', ...parents] = line.split(' ');
    const shape = `${tree}(${parents.map((parent) => shapes.get(parent)).join(',')})`;
    if (!numbers.has(shape)) numbers.set(shape, `${tree}#${numbers.size}`);
    last = numbers.get(shape) ?? '';
    shapes.set(hash, last);
  }
  return `${[...numbers.keys()].sort().join('\n')}\n${last}`;
}

function copyOf(app: AppRepository, name: string): AppRepository {
  const folder = join(app.folder, name);
  mkdirSync(folder);
  cpSync(app.path, join(folder, 'app'), { recursive: true, preserveTimestamps: true });
  cpSync(app.origin, join(folder, 'origin.git'), { recursive: true, preserveTimestamps: true });
  return AppRepository.at(folder);
}

async function gitFlow(app: AppRepository, ...args: string[]): Promise<void> {
  const run = await runProgram('git', ['flow', ...args], { cwd: app.path, env: { GIT_MERGE_AUTOEDIT: 'no' } });
  if (run.exitCode !== 0) throw new Error(`git flow ${args.join(' ')}: ${run.stdout}${run.stderr}`);
}

/** What `git flow init` would write, which takes it dozens of gits. */
function initGitFlow(app: AppRepository): void {
  const settings = `[gitflow "branch"]
  master = main
  develop = develop
[gitflow "prefix"]
  feature = feature/
  bugfix = bugfix/
  release = release/
  hotfix = hotfix/
  support = support/
  versiontag = v
`;
  appendFileSync(join(app.path, '.git/config'), settings);
}

/** Makes the commit that tagship made on its line, on the branch that is checked out. */
async function repeatCommit(app: AppRepository, ours: AppRepository, commit: string): Promise<void> {
  for (const path of (await ours.git('diff', '--name-only', `${commit}~`, commit)).split('\n')) {
    await app.write(path, `${await ours.git('show', `${commit}:${path}`)}\n`);
  }
  await app.git('add', '-A');
  await app.git('commit', '-q', '-m', 'bump');
  expect(await app.git('rev-parse', 'HEAD^{tree}')).toBe(await ours.git('rev-parse', `${commit}^{tree}`));
}

const RELEASES = Array.from({ length: 12 }, (_, seed) => seed);
const HOTFIXES = Array.from({ length: 8 }, (_, index) => index + 100);
/** A release branch that fixes are committed on, while develop goes on. */
const livesForDays = (seed: number) => seed % 3 === 0;
const isReleaseOpen = (seed: number) => seed % 2 === 0;

it('the histories are of every form', () => {
  const having = (seeds: readonly number[], step: Step) =>
    seeds.filter((seed) => historyOf(seed).includes(step)).length;
  expect(RELEASES.length + HOTFIXES.length).toBe(20);
  for (const step of ['merge', 'diverged main', 'commit'] as const)
    expect(having([...RELEASES, ...HOTFIXES], step)).toBeGreaterThanOrEqual(15);
  expect(having(HOTFIXES.filter(isReleaseOpen), 'diverged main')).toBe(4);
  expect(having(RELEASES.filter(livesForDays), 'diverged main')).toBe(3);
});

describe.runIf(hasProgram('git-flow', 'version'))('the graph of a release is the one git flow makes', () => {
  const expectSame = async (ours: AppRepository, theirs: AppRepository, tag: string) => {
    for (const name of ['main', 'develop', tag]) expect(await shapeOf(ours, name)).toBe(await shapeOf(theirs, name));
  };

  it.each(RELEASES.filter((seed) => !livesForDays(seed)))('history %i, a release', async (seed) => {
    const ours = await AppRepository.make();
    await growHistory(ours, seed);
    await ours.git('push', '-q', 'origin', 'main', 'develop');
    const theirs = copyOf(ours, 'theirs');
    expect(await ours.tagship(['release', 'minor', '--yes', '--no-checks'])).toMatchObject({ exitCode: 0 });

    initGitFlow(theirs);
    await gitFlow(theirs, 'release', 'start', '0.2.0');
    await repeatCommit(theirs, ours, 'v0.2.0^2');
    await gitFlow(theirs, 'release', 'finish', '-m', 'Release', '0.2.0');
    await expectSame(ours, theirs, 'v0.2.0');
  });

  it.each(RELEASES.filter(livesForDays))('history %i, a release that lives for days', async (seed) => {
    const ours = await AppRepository.make();
    await ours.tagship(['release', 'start', 'minor']);
    await ours.commit('lib/polish.dart', '// polished\n', 'fix: polish');
    await ours.git('switch', '-q', 'develop');
    await growHistory(ours, seed);
    await ours.git('push', '-q', 'origin', 'main', 'develop');
    await ours.git('switch', '-q', 'release/v0.2.0');
    const theirs = copyOf(ours, 'theirs');
    expect(await ours.tagship(['release', 'finish', '--yes', '--no-checks'])).toMatchObject({ exitCode: 0 });

    await theirs.git('branch', '-q', '-m', 'release/v0.2.0', 'release/0.2.0');
    initGitFlow(theirs);
    await repeatCommit(theirs, ours, 'v0.2.0^2');
    await gitFlow(theirs, 'release', 'finish', '-m', 'Release', '0.2.0');
    await expectSame(ours, theirs, 'v0.2.0');
  });

  it.each(HOTFIXES)('history %i, a hotfix while a release may be open', async (seed) => {
    const ours = await AppRepository.make();
    await ours.tagship(['release', '0.1.0', '--yes', '--no-checks']);
    await growHistory(ours, seed);
    await ours.git('push', '-q', 'origin', 'main', 'develop');
    if (isReleaseOpen(seed)) await ours.tagship(['release', 'start', 'minor']);
    await ours.git('switch', '-q', 'develop');
    await ours.tagship(['hotfix', 'urgent']);
    await ours.commit('lib/urgent.dart', '// mended\n', 'fix: urgent');
    const theirs = copyOf(ours, 'theirs');
    expect(await ours.tagship(['hotfix', 'urgent', '--yes', '--no-checks'])).toMatchObject({ exitCode: 0 });

    await theirs.git('branch', '-q', '-m', 'hotfix/urgent', 'hotfix/0.1.1');
    initGitFlow(theirs);
    await repeatCommit(theirs, ours, 'v0.1.1^2');
    await gitFlow(theirs, 'hotfix', 'finish', '-m', 'Hotfix', '0.1.1');
    await expectSame(ours, theirs, 'v0.1.1');
    if (!isReleaseOpen(seed)) return;
    // Git flow leaves an open release without the hotfix: ours has it, by a merge of what main has now.
    const open = (await ours.git('rev-parse', 'release/v0.2.0^1', 'release/v0.2.0^2')).split('\n');
    expect(open).toEqual([await theirs.git('rev-parse', 'release/v0.2.0'), await ours.git('rev-parse', 'main')]);
    expect(await ours.git('show', 'release/v0.2.0:lib/urgent.dart')).toBe('// mended');
  });
});
