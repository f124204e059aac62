import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { AppRepository } from '../support/app-repository.ts';
import { killInTime } from '../support/kill/kill-in-time.ts';
import { armKillPoint, type KillPoint, killPointsOf } from '../support/kill/kill-points.ts';
import { fromAllOver } from '../support/spread.ts';
import { TimeShare } from '../support/time-left.ts';

/** Where the user stands when the release is refused by the remote and given up. */
const STORIES: readonly { readonly name: string; readonly prepare: (app: AppRepository) => Promise<unknown> }[] = [
  { name: 'with develop checked out', prepare: async () => {} },
  {
    name: 'from a dirty feature branch',
    prepare: async (app) => {
      await app.git('switch', '-q', '-c', 'feature/shiny');
      await app.write('pubspec.yaml', 'name: greeter\nversion: 0.1.0+1 # being edited\n');
    },
  },
];

const KINDS: readonly KillPoint['at'][] = ['git process', 'file write', 'ref transaction'];
const AT_ONCE = 3;
const time = new TimeShare(1 / 12, STORIES.length * KINDS.length);
const ABORT = ['release', 'abort'];

describe('wherever an abort is killed, abort typed again puts every ref of the release back and nothing else', () => {
  it.each(STORIES)('$name', { timeout: 1_200_000 }, async ({ name, prepare }) => {
    const original = await AppRepository.make();
    await prepare(original);
    await original.write('untracked.txt', 'mine\n');
    const before = await stateOf(original);
    await original.hook('origin', 'pre-receive', 'exit 1');
    expect(await original.tagship(['release', 'minor', '--yes', '--no-checks'])).toMatchObject({ exitCode: 4 });
    expect(await original.refs()).not.toEqual(before.local);
    // What others did to the repository since is none of the release's.
    await original.git('branch', 'later/mine', 'main');
    await original.git('tag', 'mine', 'develop');
    const added = await original.refs();
    const local = {
      ...before.local,
      'refs/heads/later/mine': added['refs/heads/later/mine'],
      'refs/tags/mine': added['refs/tags/mine'],
    };
    const counts: string[] = [];
    for (const at of KINDS) {
      const rehearsal = original.copy('rehearsal');
      const env = await armKillPoint(rehearsal.path, rehearsal.folder, { at, number: 0, mode: 'before' });
      expect(await rehearsal.tagship(ABORT, env)).toMatchObject({ exitCode: 0 });
      expect(await stateOf(rehearsal)).toEqual({ ...before, local });
      const points = killPointsOf(at, rehearsal.folder);
      const order = { atOnce: AT_ONCE, time, points: fromAllOver(points) };
      const killed = await killInTime(`an abort ${name}`, order, async (point, index) => {
        const app = original.copy(`${index}`);
        await killAndAbort(app, point);
        expect({ point, ...(await stateOf(app)) }).toEqual({ point, ...before, local });
        rmSync(app.folder, { recursive: true, force: true });
      });
      rmSync(rehearsal.folder, { recursive: true, force: true });
      expect(points.length).toBeGreaterThan(2);
      counts.push(`${killed} of ${points.length} at a ${at}`);
    }
    console.log(`killed an abort ${name}: ${counts.join(', ')}; every one completed`);
  });
});

async function killAndAbort(app: AppRepository, point: KillPoint): Promise<void> {
  const killed = await app.tagship(ABORT, await armKillPoint(app.path, app.folder, point));
  expect({ point, signal: killed.signal }).toEqual({ point, signal: 'SIGKILL' });
  rmSync(join(app.path, '.git/hooks/reference-transaction'), { force: true });
  const journal = join(app.path, '.git/tagship/release.jsonl');
  // A line that was torn does not count: it was never written to its end.
  const lines = existsSync(journal) ? readFileSync(journal, 'utf8').split('\n').slice(0, -1) : ['"closed"'];
  const open = !lines.some((line) => line.includes('"closed"'));
  const again = await app.tagship(ABORT);
  // Where the kill came after the end, there is nothing left to give up, and abort says so.
  expect(again.exitCode, JSON.stringify({ point, again })).toBe(open ? 0 : 3);
}

async function stateOf(app: AppRepository) {
  return {
    local: await app.refs(),
    remote: await app.refs('origin'),
    head: await app.git('symbolic-ref', 'HEAD'),
    status: await app.git('status', '--porcelain'),
    index: await app.git('ls-files', '-s'),
    pubspec: app.read('pubspec.yaml'),
    locks: app.locks(),
  };
}
