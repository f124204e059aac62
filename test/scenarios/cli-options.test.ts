import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { AppRepository } from '../support/app-repository.ts';
import { runTagship } from '../support/tagship.ts';

describe('the options of every command', () => {
  it('stand before it or after it', async () => {
    const app = await AppRepository.make();
    const runs = await Promise.all([
      runTagship(['--json', '-C', app.path, 'release', 'status'], { cwd: app.folder }),
      runTagship(['release', 'status', '--json', '-C', app.path], { cwd: app.folder }),
    ]);
    for (const run of runs) expect(JSON.parse(run.stdout)).toMatchObject({ outcome: 'idle' });
    const planned = await app.tagship(['--dry-run', '--json', '-y', 'release', 'minor']);
    expect(JSON.parse(planned.stdout)).toMatchObject({ outcome: 'planned' });
  });

  it("let each -C start from the one before, as git's do", async () => {
    const app = await AppRepository.make();
    const run = await runTagship(['-C', app.folder, '-C', 'app', 'release', 'status', '-C', 'lib'], { cwd: '/' });
    expect(run).toMatchObject({ exitCode: 0 });
    mkdirSync(join(app.folder, 'elsewhere'));
    const lost = await runTagship(['-C', 'app', '-C', '../elsewhere', 'release', 'status'], { cwd: app.folder });
    expect(lost).toMatchObject({ exitCode: 2 });
  });

  it.each([
    [['release', '--minr'], "unknown option '--minr'", 'tagship release --help'],
    [['relase'], "unknown command 'relase'", 'tagship --help'],
    [['hook'], "missing required argument 'name'", 'tagship hook --help'],
    [['release', 'start', '--nonsense'], "unknown option '--nonsense'", 'tagship release --help'],
    [
      ['deploy', 'production', ''],
      'the tag is empty',
      'name one: tagship history production   (or none at all: tagship deploy production)',
    ],
    [
      ['rollback', 'production', '--to', '', '--method', 'image'],
      'the tag is empty',
      'name one: tagship history production   (or none at all: tagship rollback production --method image)',
    ],
  ])('when they are wrong, as in %j, are named with the next command', async (args, what, next) => {
    const { exitCode, stderr } = await runTagship(args, { cwd: '/' });
    expect(exitCode).toBe(2);
    const lines = stderr.split('\n');
    expect(lines.length).toBeLessThanOrEqual(4);
    expect([lines.at(0), ...lines.slice(-2)]).toEqual([`✘ ${what}`, `  next: ${next}`, '']);
    const { stdout } = await runTagship([...args, '--json'], { cwd: '/' });
    expect(JSON.parse(stdout)).toMatchObject({ exit: 2, problems: [{ code: 'usage', what, fix: next }] });
  });

  it.each([
    [['verify', 'production'], 'verify', 'tagship --help'],
    [['ci', '--all'], 'ci', 'tagship --help'],
    [['doctor', 'production'], 'doctor <environment>', 'tagship doctor --help'],
  ])('are not blamed where a command is still to come, as in %j', async (args, coming, fix) => {
    const what = `tagship ${coming} is not built yet`;
    const { exitCode, stdout, stderr } = await runTagship([...args, '--json'], { cwd: '/' });
    expect([exitCode, stderr]).toEqual([2, `✘ ${what}\n  next: ${fix}\n`]);
    expect(JSON.parse(stdout)).toMatchObject({ exit: 2, problems: [{ code: 'not-built', what, fix }] });
  });

  it('are told by help as by --help', async () => {
    const [asked, told] = await Promise.all(
      [
        ['help', 'release'],
        ['release', '--help'],
      ].map((args) => runTagship(args, { cwd: '/' })),
    );
    expect(asked).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('--merge-back') });
    expect(asked?.stdout).toBe(told?.stdout);
  });
});
