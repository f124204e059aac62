import { describe, expect, it } from 'vitest';
import { renderStatus } from '../../src/cli/status.ts';
import type { HostFacts } from '../../src/deploy/facts.ts';
import { questionsOf } from '../../src/deploy/health.ts';
import { statusOf } from '../../src/deploy/status.ts';
import { deployFacts, environmentOf, openedRun, record } from '../support/deploy-facts.ts';

it('after a rollback by images, tells what is checked out and what was deployed each by its own name', () => {
  const facts = deployFacts();
  const commit = '3'.repeat(40);
  const back = { ...record('v0.2.0', '2'), kind: 'rollback' as const, method: 'image' as const };
  const history = [
    record('v0.2.0', '2'),
    record('v0.3.0', '3'),
    { ...back, previous: { ...back.previous, commit, tag: 'v0.3.0' } },
  ];
  const clone = facts.clone && { ...facts.clone, head: commit, tagsHere: ['v0.3.0'] };
  const status = statusOf({ ...facts, clone, history }, environmentOf(), 'v{version}');
  expect(status).toMatchObject({ checkout: { tag: 'v0.3.0', commit }, deployed: { tag: 'v0.2.0', checkout: commit } });
});

/** What the user is told of a host where v0.1.0 was deployed. */
function told(changes: Partial<HostFacts>, environment = environmentOf()): string {
  const facts = { ...deployFacts(), history: [record('v0.1.0')], ...changes };
  return renderStatus('production', statusOf(facts, environment, 'v{version}'));
}

describe('where nothing of what was deployed is there', () => {
  const START = 'next: on pi@192.0.2.1: cd /opt/app && TAGSHIP_TAG=v0.1.0 TAGSHIP_VERSION=0.1.0 docker compose';

  it('says what starts it again, with the Compose files it was deployed with', () => {
    expect(told({ containers: [] })).toContain(`${START} up -d\n`);
    const history = [{ ...record('v0.1.0'), compose: ['stack.yml'] }];
    expect(told({ containers: [], history })).toContain(`${START} --file stack.yml up -d\n`);
  });

  it.each<[string, Partial<HostFacts>]>([
    ['containers are there', {}],
    ['containers cannot be seen', { containers: [], containersError: 'gone' }],
    ['nothing was ever deployed', { containers: [], history: [] }],
    ['a run is to be settled first', { containers: [], journal: [openedRun(record('v0.1.0').previous)] }],
  ])('but not where %s', (_where, changes) => expect(told(changes)).not.toContain('docker compose'));
});

it('why the containers cannot be seen is told in the line that says so', () => {
  const dockerError = '\nCannot connect to the Docker daemon.\nIs it running?';
  expect(told({ docker: undefined, dockerError, containers: [] })).toContain(
    '  ! the containers cannot be seen: Cannot connect to the Docker daemon. Is it running?\n',
  );
});

describe('an answer over HTTP', () => {
  const environment = environmentOf();
  const url = environment.health?.url;
  const [question] = environment.health === undefined ? [] : questionsOf(environment.health);
  const linesOf = (status: number | undefined, problem: string) => {
    const health = question === undefined ? [] : [{ question, status, problem }];
    return told({ health }, environment).match(/health .*/g);
  };

  it.each([
    [undefined, 'no answer'],
    [503, '503'],
  ])('that has not the status that is wanted (%s) is told once', (status, said) =>
    expect(linesOf(status, said)).toEqual([`health       ${url} → ${said}, wanted 200`]),
  );

  it('that lacks something else is told with it', () =>
    expect(linesOf(200, '200, without the text ok')).toEqual([
      `health       ${url} → 200`,
      `health       ${url}: 200, without the text ok`,
    ]));
});

describe('the next command after a run that was interrupted', () => {
  const opened = openedRun(record('v0.1.0').previous);
  const next = (list: 'forward' | 'revert', history = [record('v0.1.0')]) => {
    const started = { type: 'started', run: opened.run, at: '2026-01-01T00:00:01Z', list, step: 'up' } as const;
    return /next: (.*)/.exec(told({ journal: [opened, started], history }))?.[1];
  };
  const deploy = 'tagship deploy production v0.1.5';
  const rollback = 'tagship rollback production --to v0.1.0';

  it('is its release again', () =>
    expect(next('forward')).toBe(`${deploy}   (settles it first; or, to go back: ${rollback})`));

  it('is the release it went back to, by its name, when it was on its way back', () =>
    expect(next('revert')).toBe(`${rollback}   (settles it first; or, to try again: ${deploy})`));

  it('names none to go back to where none was deployed', () =>
    expect(next('revert', [])).toBe(`${deploy}   (settles it first)`));
});
