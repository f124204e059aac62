import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { AppRepository } from '../support/app-repository.ts';
import { CommittingApp, FORMATTED, MESSY } from '../support/committing-app.ts';
import { killInTime } from '../support/kill/kill-in-time.ts';
import { armKillPoint, type KillPoint, killPointsOf } from '../support/kill/kill-points.ts';
import { fromAllOver } from '../support/spread.ts';
import { TimeShare } from '../support/time-left.ts';

const STAND_INS = fileURLToPath(new URL('../../scripts/stand-ins', import.meta.url));
const MINE = '\nvoid   mine( ) {}\n';

/** What the files of the working tree may hold after a kill: what was there, or what the run was to write. */
const FILES: Readonly<Record<string, readonly string[]>> = {
  'lib/whole.dart': [MESSY, FORMATTED],
  'lib/partly.dart': [MESSY + MINE, FORMATTED + MINE],
  'lib/touching.dart': [MESSY.replace('run()', 'mine()')],
  'lib/main.dart': [`${FORMATTED}// not staged\n`],
  'lib/untracked.dart': [MESSY],
};

const KINDS: readonly KillPoint['at'][] = ['git process', 'file write'];
const AT_ONCE = 2;
const time = new TimeShare(1 / 12, KINDS.length);
/** A run starts a dozen gits for the search for credentials alone, which changes nothing: the usual run leaves it out. */
const EVERYTHING = process.env.SWEEP === 'all';

describe('wherever a commit is killed, nothing of the user is lost', () => {
  it('with files that are staged in part', { timeout: 1_200_000 }, async () => {
    const original = await prepare();
    const counts: string[] = [];
    for (const at of KINDS) {
      const rehearsal = copyOf(original, 'rehearsal');
      const env = await arm(rehearsal, { at, number: 0, mode: 'before' });
      expect(await rehearsal.tagship(['hook', 'pre-commit'], env)).toMatchObject({ exitCode: 0 });
      const points = killPointsOf(at, rehearsal.folder);
      const expected = await endState(rehearsal);
      expect(expected.files).toEqual(Object.values(FILES).map((contents) => contents.at(-1)));
      const order = { atOnce: AT_ONCE, time, points: fromAllOver(points) };
      const struck = await killInTime('a commit', order, async (point, index) => {
        const app = copyOf(original, String(index));
        const killed = await app.tagship(['hook', 'pre-commit'], await arm(app, point));
        expect({ point, signal: killed.signal }).toEqual({ point, signal: 'SIGKILL' });
        expectNothingLost(app, point);
        // Both ways on are promised; odd points take one, even ones the other.
        if (point.number % 2 === 0) await app.tagship(['doctor', '--fix'], tools());
        expectNothingLost(app, point);
        rmSync(join(app.path, '.git/index.lock'), { force: true });
        const again = await app.tagship(['hook', 'pre-commit'], tools());
        expect({ point, exitCode: again.exitCode, stderr: again.stderr }).toMatchObject({ exitCode: 0 });
        expect({ point, ...(await endState(app)) }).toEqual({ point, ...expected });
        rmSync(app.folder, { recursive: true, force: true });
      });
      rmSync(rehearsal.folder, { recursive: true, force: true });
      expect(points.length).toBeGreaterThan(8);
      counts.push(`${struck} of ${points.length} at a ${at}`);
    }
    console.log(`killed a commit: ${counts.join(', ')}; nothing was lost, and every one was completed`);
  });
});

async function prepare(): Promise<AppRepository> {
  const { app } = await CommittingApp.make({
    'tagship.yaml': `checks: { analyzeStaged: false, secrets: ${EVERYTHING} }\n`,
  });
  for (const path of ['lib/whole.dart', 'lib/partly.dart', 'lib/touching.dart']) await app.write(path, MESSY);
  await app.git('add', '.');
  for (const [path, [before = '']] of Object.entries(FILES)) await app.write(path, before);
  return app;
}

const tools = () => ({ PATH: `${STAND_INS}${delimiter}${process.env.PATH ?? ''}` });

async function arm(app: AppRepository, point: KillPoint): Promise<Readonly<Record<string, string>>> {
  const armed = await armKillPoint(app.path, app.folder, point);
  // The trap for git takes the first folder of PATH for its own.
  return { ...armed, PATH: `${armed.PATH ?? process.env.PATH}${delimiter}${STAND_INS}` };
}

function copyOf(original: AppRepository, name: string): AppRepository {
  const folder = join(original.folder, 'copies', name);
  mkdirSync(folder, { recursive: true });
  cpSync(original.path, join(folder, 'app'), { recursive: true, preserveTimestamps: true });
  return AppRepository.at(folder);
}

function expectNothingLost(app: AppRepository, point: KillPoint): void {
  for (const [path, contents] of Object.entries(FILES)) {
    expect(contents, JSON.stringify({ path, point })).toContain(app.read(path));
  }
}

/** What must be the same wherever the kill struck: what is staged, every file, and nothing left lying about. */
async function endState(app: AppRepository) {
  expect(existsSync(join(app.path, '.git/tagship/staged.jsonl'))).toBe(false);
  expect(readdirSync(join(app.path, 'lib')).filter((name) => !name.endsWith('.dart'))).toEqual([]);
  return {
    staged: await app.git('ls-files', '-s'),
    head: await app.git('rev-parse', 'HEAD'),
    files: Object.keys(FILES).map((path) => readFileSync(join(app.path, path), 'utf8')),
  };
}
