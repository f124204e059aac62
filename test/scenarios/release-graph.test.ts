import { cpSync, mkdirSync } from 'node:fs';
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

/** Commits and merged features on develop, and now and then a commit on main alone. */
async function growHistory(app: AppRepository, seed: number): Promise<void> {
  const choose = choices(seed);
  for (let step = 0; step < 4 + choose(5); step += 1) {
    const file = `lib/part${seed}_${step}.dart`;
    if (choose(3) === 0) {
      await app.git('switch', '-q', '-c', `feature/${step}`, 'develop');
      await app.commit(file, `// ${step}\n`, `feat: part ${step}`);
      await app.git('switch', '-q', 'develop');
      await app.git('merge', '-q', '--no-ff', '-m', `Merge feature ${step}`, `feature/${step}`);
      await app.git('branch', '-q', '-D', `feature/${step}`);
    } else if (choose(4) === 0) {
      await app.git('switch', '-q', 'main');
      await app.commit(`on_main_${step}.txt`, `${step}\n`, 'fix: on main alone');
      await app.git('switch', '-q', 'develop');
    } else {
      await app.commit(file, `// ${step}\n`, `fix: part ${step}`);
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

async function initGitFlow(app: AppRepository): Promise<void> {
  const settings = {
    'branch.master': 'main',
    'branch.develop': 'develop',
    'prefix.feature': 'feature/',
    'prefix.bugfix': 'bugfix/',
    'prefix.release': 'release/',
    'prefix.hotfix': 'hotfix/',
    'prefix.support': 'support/',
    'prefix.versiontag': 'v',
  };
  for (const [key, value] of Object.entries(settings)) await app.git('config', `gitflow.${key}`, value);
  await gitFlow(app, 'init', '-d');
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

describe.runIf(hasProgram('git-flow', 'version'))('the graph of a release is the one git flow makes', () => {
  it.each(Array.from({ length: 12 }, (_, seed) => seed))('history %i, a release', async (seed) => {
    const ours = await AppRepository.make();
    await growHistory(ours, seed);
    await ours.git('push', '-q', 'origin', 'main', 'develop');
    const theirs = copyOf(ours, 'theirs');
    expect(await ours.tagship(['release', 'minor', '--yes', '--no-checks'])).toMatchObject({ exitCode: 0 });

    await initGitFlow(theirs);
    await gitFlow(theirs, 'release', 'start', '0.2.0');
    await repeatCommit(theirs, ours, 'v0.2.0^2');
    await gitFlow(theirs, 'release', 'finish', '-m', 'Release', '0.2.0');
    for (const name of ['main', 'develop', 'v0.2.0'])
      expect(await shapeOf(ours, name)).toBe(await shapeOf(theirs, name));
  });

  it.each(Array.from({ length: 8 }, (_, seed) => seed + 100))(
    'history %i, a hotfix while a release may be open',
    async (seed) => {
      const ours = await AppRepository.make();
      await ours.tagship(['release', '0.1.0', '--yes', '--no-checks']);
      await growHistory(ours, seed);
      await ours.git('push', '-q', 'origin', 'main', 'develop');
      if (seed % 2 === 0) await ours.tagship(['release', 'start', 'minor']);
      await ours.git('switch', '-q', 'develop');
      await ours.tagship(['hotfix', 'urgent']);
      await ours.commit('lib/urgent.dart', '// mended\n', 'fix: urgent');
      const theirs = copyOf(ours, 'theirs');
      expect(await ours.tagship(['hotfix', 'urgent', '--yes', '--no-checks'])).toMatchObject({ exitCode: 0 });

      await theirs.git('branch', '-q', '-m', 'hotfix/urgent', 'hotfix/0.1.1');
      await initGitFlow(theirs);
      await repeatCommit(theirs, ours, 'v0.1.1^2');
      await gitFlow(theirs, 'hotfix', 'finish', '-m', 'Hotfix', '0.1.1');
      for (const name of ['main', 'develop', 'v0.1.1'])
        expect(await shapeOf(ours, name)).toBe(await shapeOf(theirs, name));
    },
  );
});
