import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { look } from '../../src/deploy/look.ts';
import { openLocalHost } from '../../src/io/local-host.ts';
import { environmentOf, RUNNING, record } from '../support/deploy-facts.ts';
import { ToyHost } from '../support/toy-run.ts';

/** As `docker inspect` prints it: with the slash that the look takes off. */
const container = JSON.stringify({ ...RUNNING, name: '/app-web-1' });

/** Looks at an app directory on this machine where `docker` is a script; `$asked` holds what it was asked so far. */
async function lookWith(docker: string, files: Readonly<Record<string, string>> = {}) {
  const path = realpathSync(mkdtempSync(join(tmpdir(), 'tagship-look-')));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  spawnSync('git', ['init', '-q'], { cwd: path });
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(path, name)), { recursive: true });
    writeFileSync(join(path, name), content);
  }
  const asked = join(path, 'asked');
  writeFileSync(join(path, 'docker'), `#!/bin/sh\nasked=${asked}\necho "$*" >>"$asked"\n${docker}\n`);
  chmodSync(join(path, 'docker'), 0o755);
  const host = openLocalHost({ ...process.env, PATH: `${path}:${process.env.PATH}` });
  const facts = await look(host, environmentOf({ path }), 'rollback');
  return { facts, path, asked: readFileSync(asked, 'utf8') };
}

describe('a look at the containers', () => {
  it('asks again when one has gone between being listed and being described', async () => {
    const { facts } = await lookWith(`
      case $1 in
        version) echo 26 ;;
        ps) echo c1 ;;
        inspect) [ "$(grep -c ^inspect "$asked")" -gt 1 ] && echo '${container}' ;;
      esac`);
    expect(facts.containers).toMatchObject([{ service: 'web', state: 'running' }]);
    expect(facts.containersError).toBeUndefined();
  });

  it.each([
    ['listed', 'ps) echo no list >&2; exit 1 ;;', 'no list'],
    ['described', 'ps) echo c1 ;; inspect) echo no inspection >&2; exit 1 ;;', 'no inspection'],
  ])('that cannot be %s is an error, and not an empty list', async (_what, cases, why) => {
    const { facts } = await lookWith(`case $1 in version) echo 26 ;; ${cases} esac`);
    expect(facts.containersError).toContain(why);
  });

  it('does not take a warning of docker for a container', async () => {
    const { facts } = await lookWith(`
      echo 'WARNING: something about a plugin' >&2
      case $1 in version) echo 26 ;; ps) echo c1 ;; inspect) [ "$*" != "\${*%c1}" ] && echo '${container}' ;; esac`);
    expect(facts.containers).toHaveLength(1);
  });

  it('looks where COMPOSE_FILE of .env points as well', async () => {
    const { asked, path } = await lookWith('case $1 in version) echo 26 ;; esac', {
      '.env': "COMPOSE_FILE='./deploy/compose.yml:more.yml'\n",
    });
    expect(asked).toContain(`working_dir=${path}\n`);
    expect(asked).toContain(`working_dir=${path}/deploy\n`);
  });

  it('looks where the Compose file of the last release was, and that of a run which did not end, wherever the settings have it', async () => {
    const line = (compose: string, before: string, outcome = 'succeeded') => ({
      ...record('v0.1.0'),
      who: 'a","compose":["nowhere/x"@desk',
      compose: [compose, 'elsewhere/more.yml'],
      previous: { commit: 'a', serving: true, images: [], compose: [before] },
      outcome,
    });
    const journal = { type: 'opened', run: 'r', at: 'now', about: line('half/done/compose.yml', 'stack.yml') };
    const history = [line('long/past.yml', 'past.yml'), line('it\'s "odd"/stack.yml', './before/stack.yml')];
    const { asked, path } = await lookWith('case $1 in version) echo 26 ;; esac', {
      '.git/tagship/history.jsonl': history.map((one) => `${JSON.stringify(one)}\n`).join(''),
      '.git/tagship/journal.jsonl': `${JSON.stringify(journal)}\n`,
    });
    const folders = [...asked.matchAll(/working_dir=(.*)/g)].map(([, folder]) => folder);
    expect(folders.sort()).toEqual(['', '/before', '/half/done', '/it\'s "odd"'].map((folder) => `${path}${folder}`));
  });

  it('gives an engine up that takes requests and never answers', async () => {
    const { facts } = await lookWith('case $1 in version) exec sleep 50 ;; esac');
    expect(facts.docker).toBeUndefined();
    expect(facts.dockerError).toBe('did not answer within 15 s');
  });
});

it('a look finds the last run although a power cut has left zero bytes in the journal', async () => {
  const opened = (run: string) => `{"run":"${run}","at":"2026-01-01T00:00:00Z","type":"opened"}\n`;
  const { facts } = await lookWith('exit 1', {
    '.git/tagship/journal.jsonl': `${opened('r1')}\0\0\0\n${opened('r2')}`,
  });
  expect(facts.lastRun).toBe('r2');
});

it('a look finds the plan of a run that was interrupted although another has failed since, before it changed anything', async () => {
  const line = (run: string, rest: string) => `{"run":"${run}","at":"2026-01-01T00:00:00Z",${rest}}\n`;
  const plan = new ToyHost().plan({ forward: [] });
  const { facts } = await lookWith('exit 1', {
    '.git/tagship/journal.jsonl':
      line(plan.id, '"type":"opened"') +
      line('r2', '"type":"opened"') +
      line('r2', '"type":"closed","outcome":"failed"'),
    [`.git/tagship/runs/${plan.id}/settle.sh`]: '',
    [`.git/tagship/runs/${plan.id}/plan.json`]: JSON.stringify(plan),
  });
  expect([facts.openPlan?.id, facts.lastRun]).toEqual([plan.id, 'r2']);
});

it('a look at what was kept tells tags and names as they are, and nothing that is only half there', async () => {
  const odd = ' -a\\n"b ';
  const kept = (unit: string, environment: string) => ({
    [`.git/tagship/releases/${unit}/config.yml`]: '',
    [`.git/tagship/releases/${unit}/containers`]: '',
    [`.git/tagship/releases/${unit}/environment`]: environment,
  });
  const { facts } = await lookWith('exit 1', {
    ...kept('v1.0.0-rc.new', `0000 644 ${odd}\n`),
    ...kept("app/v1.0.0-'$(false)", ''),
    ...kept('v1.0.0-rc~new', ''),
    ...kept('v1.0.0-rc~old', ''),
    [odd]: 'A=1',
  });
  expect(facts.units).toEqual([
    { tag: "app/v1.0.0-'$(false)", changedFiles: [] },
    { tag: 'v1.0.0-rc.new', changedFiles: [odd] },
  ]);
});
