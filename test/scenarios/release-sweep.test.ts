import { existsSync, readFileSync, rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { AppRepository } from '../support/app-repository.ts';
import { killInTime } from '../support/kill/kill-in-time.ts';
import { armKillPoint, type KillPoint, killPointsOf } from '../support/kill/kill-points.ts';
import { fromAllOver, spread } from '../support/spread.ts';
import { TimeShare } from '../support/time-left.ts';

/** A release to be killed: how its repository comes to be, what is typed, and which tags are there in the end. */
interface Story {
  readonly name: string;
  readonly prepare: (app: AppRepository) => Promise<void>;
  readonly command: readonly string[];
  readonly tags: readonly string[];
  /** How many kill points of each kind are taken, evenly spread; every one where left out. */
  readonly sample?: number;
}

const STORIES: readonly Story[] = [
  {
    name: 'a release from a dirty feature branch',
    prepare: async (app) => {
      await app.git('switch', '-q', '-c', 'feature/shiny');
      await app.write('pubspec.yaml', 'name: greeter\nversion: 0.1.0+1 # being edited\n');
      await app.write('untracked.txt', 'mine\n');
    },
    command: ['release', 'minor', '--yes', '--no-checks'],
    tags: ['v0.2.0'],
  },
  {
    name: 'a finish of a release branch that is checked out',
    prepare: async (app) => {
      await app.tagship(['release', 'start', 'minor']);
      await app.commit('lib/fixed.dart', '// fixed\n', 'fix: found while testing');
      await app.git('push', '-q', '-u', 'origin', 'release/v0.2.0');
      await app.write('untracked.txt', 'mine\n');
    },
    command: ['release', 'finish', '--yes', '--no-checks'],
    tags: ['v0.2.0'],
  },
  {
    name: 'a hotfix, with develop checked out and a file of it being edited',
    prepare: async (app) => {
      await app.tagship(['release', '0.1.0', '--yes', '--no-checks']);
      await app.commit('lib/next.dart', '// next\n', 'feat: for the next one');
      await app.git('push', '-q', 'origin', 'develop');
      await app.tagship(['hotfix', 'urgent']);
      await app.commit('lib/main.dart', 'void main() { /* mended */ }\n', 'fix: urgent');
      await app.git('switch', '-q', 'develop');
      await app.write('lib/next.dart', '// half an idea\n');
    },
    command: ['hotfix', 'urgent', '--yes', '--no-checks'],
    tags: ['v0.1.0', 'v0.1.1'],
  },
  {
    name: 'a release of two independent packages, a tag each',
    prepare: async (app) => {
      await app.write('tagship.yaml', 'release: { packages: independent }\n');
      await app.write('core/pubspec.yaml', 'name: core\nversion: 0.1.0\n');
      await app.write('pubspec.yaml', 'name: greeter\nversion: 0.1.0+1\ndependencies: { core: ^0.1.0 }\n');
      await app.git('add', '-A');
      await app.git('commit', '-q', '-m', 'feat: two packages');
      for (const tag of ['core-v0.1.0', 'greeter-v0.1.0']) await app.git('tag', '-a', '-m', tag, tag);
      await app.commit('core/lib/core.dart', '// more\n', 'feat: more');
      await app.git('push', '-q', 'origin', 'develop', 'core-v0.1.0', 'greeter-v0.1.0');
    },
    command: ['release', 'minor', '--yes', '--no-checks'],
    tags: ['core-v0.1.0', 'core-v0.2.0', 'greeter-v0.1.0', 'greeter-v0.1.1'],
    sample: 4,
  },
];

const KINDS: readonly KillPoint['at'][] = ['git process', 'file write', 'ref transaction'];
/** Two cores, and most of a run is waiting for processes. */
const AT_ONCE = 3;
const time = new TimeShare(1 / 4, STORIES.length * KINDS.length);

describe('wherever a release is killed, it is completed', () => {
  it.each(STORIES)('$name', { timeout: 1_200_000 }, async ({ prepare, command, tags, name, sample }) => {
    const original = await AppRepository.make();
    await prepare(original);
    const counts: string[] = [];
    for (const at of KINDS) {
      const rehearsal = original.copy('rehearsal');
      const env = await armKillPoint(rehearsal.path, rehearsal.folder, { at, number: 0, mode: 'before' });
      expect(await rehearsal.tagship(command, env)).toMatchObject({ exitCode: 0 });
      const all = killPointsOf(at, rehearsal.folder);
      expect(all.length).toBeGreaterThan(4);
      const points = sample === undefined ? fromAllOver(all) : spread(all, sample);
      const expected = await endState(rehearsal);
      expect(expected.tags).toEqual(tags);
      const killed = await killInTime(name, { atOnce: AT_ONCE, time, points }, async (point, index) => {
        const app = original.copy(`${index}`);
        await killAndComplete(app, command, point);
        expect({ point, ...(await endState(app)) }).toEqual({ point, ...expected });
        await rm(app.folder, { recursive: true, force: true });
      });
      rmSync(rehearsal.folder, { recursive: true, force: true });
      counts.push(`${killed} of ${all.length} at a ${at}`);
    }
    console.log(`killed ${name}: ${counts.join(', ')}; every one completed`);
  });
});

/** Kills the command at the point, then types `release continue`, or the same words where nothing had begun. */
async function killAndComplete(app: AppRepository, command: readonly string[], point: KillPoint): Promise<void> {
  const env = await armKillPoint(app.path, app.folder, point);
  const killed = await app.tagship(command, env);
  expect({ point, signal: killed.signal }).toEqual({ point, signal: 'SIGKILL' });
  rmSync(join(app.path, '.git/hooks/reference-transaction'), { force: true });
  const journal = join(app.path, '.git/tagship/release.jsonl');
  const ended = join(app.path, '.git/tagship/release.last.jsonl');
  const begun = existsSync(journal) && !readFileSync(journal, 'utf8').includes('"closed"');
  if (!begun && endedWell(existsSync(journal) ? journal : ended, command)) return;
  // Both ways on are promised; odd points take one, even ones the other.
  const again = begun && point.number % 2 === 0 ? ['release', 'continue'] : command;
  const completed = await app.tagship(again);
  expect(completed.exitCode, JSON.stringify({ point, again, completed })).toBe(0);
}

/** Whether a journal says that this command's release was done to the end before the kill. */
function endedWell(journal: string, [, target]: readonly string[]): boolean {
  if (!existsSync(journal)) return false;
  const text = readFileSync(journal, 'utf8');
  const wanted = target === 'urgent' ? 'hotfix/urgent' : 'v0.2.0';
  return text.includes('"outcome":"done"') && text.includes(wanted);
}

/** What must be the same wherever the kill struck: names of refs, contents, and nothing left lying about. */
async function endState(app: AppRepository) {
  // Each git costs as much as a tenth of the release.
  const here = await refsBelow(app.git.bind(app));
  const origin = await refsBelow(app.gitAtOrigin.bind(app));
  const isLocal = (name: string) => !name.startsWith('refs/remotes/');
  const local = Object.fromEntries(Object.entries(here).filter(([name]) => isLocal(name)));
  expect(Object.fromEntries(Object.entries(local).filter(([name]) => name in origin))).toEqual(origin);
  const names = Object.keys(here);
  const tags = names.filter((name) => name.startsWith('refs/tags/')).map((name) => name.slice('refs/tags/'.length));
  for (const branch of ['main', 'develop']) expect(await app.git('rev-list', '--tags', '--not', branch)).toBe('');
  const newest = tags.at(-1);
  return {
    branches: names.filter(isLocal),
    tags,
    remembered: names.filter((name) => !isLocal(name)),
    inStep: ['main', 'develop'].map((name) => here[`refs/heads/${name}`] === here[`refs/remotes/origin/${name}`]),
    head: app.read('.git/HEAD'),
    status: await app.git('status', '--porcelain'),
    trees: await app.git('rev-parse', ...['main', 'develop', newest].map((name) => `${name}^{tree}`)),
    locks: app.locks(),
    merges: await app.git('rev-list', '--count', 'develop'),
  };
}

async function refsBelow(git: (...args: string[]) => Promise<string>): Promise<Readonly<Record<string, string>>> {
  const listing = await git('for-each-ref', '--format=%(refname) %(objectname)');
  return Object.fromEntries(listing.split('\n').map((line) => line.split(' ')));
}
