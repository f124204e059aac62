import { describe, expect, it } from 'vitest';
import type { HostFacts } from '../../src/deploy/facts.ts';
import { releaseBelow } from '../../src/deploy/history.ts';
import { type DeployRequest, planRun } from '../../src/deploy/plan.ts';
import type { RunRecord } from '../../src/deploy/run.ts';
import { runFiles } from '../../src/deploy/upload.ts';
import { deployFacts, environmentOf, record, requestFor } from '../support/deploy-facts.ts';

const HISTORY = [record('v0.1.0', '1'), record('v0.2.0', '2'), record('v0.3.0', '3')];
const UNITS = HISTORY.map(({ tag }) => ({ tag, changedFiles: [] as string[] }));

/** A host that serves v0.3.0 and has kept every release. */
const factsOf = (changes: Partial<HostFacts> = {}): HostFacts => {
  const facts = deployFacts();
  const clone = facts.clone && { ...facts.clone, head: '3'.repeat(40) };
  return { ...facts, clone, history: HISTORY, units: UNITS, remoteTags: undefined, ...changes };
};
const rollback = (facts: Partial<HostFacts>, wanted: Partial<DeployRequest> = {}) =>
  planRun(factsOf(facts), { ...requestFor('rollback'), ...wanted }, environmentOf(), 'v{version}');
const calls = (steps: ReturnType<typeof rollback>['details']['forward']) => steps.map(({ call: [name] }) => name);

describe('a rollback by git', () => {
  it('is checked, and started, with the environment files of the release', () => {
    const { forward, revert } = rollback({}).details;
    expect(forward.find(({ id }) => id === 'preflight')?.call).toEqual([
      'preflight_again',
      expect.any(String),
      'ours',
      'v0.2.0',
    ]);
    expect(calls(forward)).toContain('bring_environment');
    expect(calls(revert)).toContain('return_to');
  });

  it('leaves them where none were kept, and says so', () => {
    const plan = rollback({ units: [] });
    expect(calls(plan.details.forward)).not.toContain('bring_environment');
    expect(plan.warnings.join()).toContain('v0.2.0 was deployed before environment files were kept, or was pruned');
  });

  it('tells which of them have changed', () => {
    const units = [{ tag: 'v0.2.0', changedFiles: ['.env', 'db.env'] }];
    expect(rollback({ units }).warnings.join()).toContain('.env, db.env on pi@192.0.2.1 has changed since');
  });

  it('takes the Compose files that each release was deployed with', () => {
    const history = HISTORY.map((run, index) => ({ ...run, compose: [`stack-${index + 1}.yml`] }));
    const files = runFiles(rollback({ history }));
    expect(files.get('new.env')).toContain('--file stack-2.yml');
    expect(files.get('previous.env')).toContain('--file stack-3.yml');
  });

  it('hands over the digest an image is known by', () => {
    const images = [{ service: 'web', name: 'r/app:latest', id: 'sha256:2', digest: 'r/app@sha256:9' }];
    const history = HISTORY.map((run) => (run.tag === 'v0.2.0' ? { ...run, result: { images } } : run));
    const step = rollback({ history }).details.forward.find(({ id }) => id === 'images');
    expect(step?.call).toEqual(['recover_images', 'web', 'r/app:latest', 'sha256:2', 'r/app@sha256:9']);
  });
});

describe('a rollback by images', () => {
  const byImage = (facts: Partial<HostFacts> = {}, tag?: string) => rollback(facts, { method: 'image', tag });
  const image = (tag: string, digit: string, head: string): RunRecord => {
    const previous = { ...record('v0.3.0').previous, commit: head.repeat(40) };
    return { ...record(tag, digit), kind: 'rollback', method: 'image', previous };
  };

  it('never touches the clone, forward or back', () => {
    const { forward, revert, undo } = byImage().details;
    const all = [...calls(forward), ...calls(revert), ...calls(undo)].join(' ');
    expect(all).not.toMatch(/check_out|fetch|export|guard_checkout|require_commit|return_to/);
  });

  it.each([
    ['edited', { dirty: ['M web/app'] }],
    ['broken, so that git denies it is one', { atTop: false, head: undefined }],
  ])('is not refused for a clone that is %s', (_how, changes) => {
    const { clone } = factsOf();
    expect(byImage({ clone: clone && { ...clone, ...changes } }).details.about).toMatchObject({
      tag: 'v0.2.0',
      method: 'image',
      previous: { tag: 'v0.3.0' },
    });
  });

  it('starts its images alone where nothing else was kept, and is refused where no images are known either', () => {
    const plan = byImage({ units: [] });
    expect(calls(plan.details.forward)).toContain('recover_or_previous');
    expect(plan.warnings.join()).toContain('before more than images were kept, or was pruned');
    const history = HISTORY.map((run) => (run.tag === 'v0.2.0' ? { ...run, result: { images: [] } } : run));
    expect(() => byImage({ units: [], history })).toThrow(expect.objectContaining({ code: 'not-kept', exit: 3 }));
  });

  it('is what serves afterwards, although another commit is checked out, and a second one goes further back', () => {
    const history = [...HISTORY, image('v0.2.0', '2', '3')];
    const { about } = byImage({ history }).details;
    expect(about).toMatchObject({ tag: 'v0.1.0', previous: { tag: 'v0.2.0', commit: '3'.repeat(40) } });
    expect(rollback({ history }).details.about.tag).toBe('v0.1.0');
  });
});

describe('a rollback with its data', () => {
  it('finds out whether the release can be checked out while the data are still there', () => {
    const history = HISTORY.map((run, hour) => ({
      ...run,
      result: { images: [], changedAt: `2026-01-01T0${hour}:00:00Z` },
    }));
    const made = Date.parse('2026-01-01T01:30:00Z') / 1000;
    const backups = { now: made + 7200, list: [{ path: '/b/data.tar', made }] };
    const request = { ...requestFor('rollback'), method: 'backup' as const };
    const { forward } = planRun(factsOf({ history }), request, environmentOf(), 'v{version}', backups).details;
    expect(forward.find(({ id }) => id === 'room')).toMatchObject({
      kind: 'prepare',
      call: ['check_release', '2'.repeat(40)],
    });
    const order = ['check_backup', 'check_release', 'restore_backup', 'come_to_release'];
    expect(calls(forward).filter((call) => order.includes(call))).toEqual(order);
  });
});

describe('a release that was brought back without git when another failed', () => {
  const failed: RunRecord = {
    ...record('v0.4.0', '4'),
    outcome: 'rolled_back',
    wayBack: 'image',
    previous: { ...record('v0.3.0', '3').previous, tag: 'v0.3.0', commit: '3'.repeat(40) },
  };
  const later: RunRecord = { ...record('v0.5.0', '5'), outcome: 'rolled_back' };
  const planned = (history: readonly RunRecord[]) => {
    const { clone } = factsOf();
    const facts = factsOf({ history, clone: clone && { ...clone, head: '4'.repeat(40), tagsHere: ['v0.4.0'] } });
    const remoteTags = [{ tag: 'v0.6.0', commit: '6'.repeat(40) }];
    return planRun({ ...facts, remoteTags }, requestFor('deploy'), environmentOf(), 'v{version}').details;
  };

  it.each([
    ['the next deployment', [...HISTORY, failed]],
    ['one after another that failed', [...HISTORY, failed, later]],
  ] as const)('is what %s comes back to, although the one that failed is checked out', (_which, history) => {
    const { about, forward } = planned(history);
    expect(about.previous).toMatchObject({ tag: 'v0.3.0', commit: '4'.repeat(40) });
    expect(forward.find(({ id }) => id === 'present')?.call).toEqual(['keep_present', 'v0.3.0', 'without-git']);
  });

  it('no longer is, once the one that is checked out has been deployed after all', () => {
    expect(planned([...HISTORY, failed, record('v0.4.0', '4')]).about.previous).toMatchObject({ tag: 'v0.4.0' });
  });
});

describe('what a release would be gone back to from, by hand', () => {
  const back = { ...record('v0.2.0', '2'), kind: 'rollback' as const };
  it.each([
    ['after a deployment', HISTORY, 'deploy', 'v0.4.0', 'v0.3.0'],
    ['after the same again', HISTORY, 'deploy', 'v0.3.0', 'v0.2.0'],
    ['after a rollback', HISTORY, 'rollback', 'v0.2.0', 'v0.1.0'],
    ['after one to the first of all', HISTORY, 'rollback', 'v0.1.0', undefined],
    ['after one to a release that was left before', [...HISTORY, back], 'rollback', 'v0.3.0', 'v0.2.0'],
    ['after one that leaves a later release', [...HISTORY, back, record('v0.4.0')], 'rollback', 'v0.3.0', 'v0.2.0'],
    ['after a rollback and a deployment', [...HISTORY, back], 'deploy', 'v0.4.0', 'v0.2.0'],
    ['after the first deployment', [], 'deploy', 'v0.1.0', undefined],
  ] as const)('%s', (_when, history, kind, tag, expected) => {
    expect(releaseBelow(history, kind, tag)?.tag).toBe(expected);
  });

  it('gets the tag previous', () => {
    expect(rollback({}).details.forward.at(-1)?.call).toEqual(['record_release', 'v0.2.0', 'app-web', 'sha256:1']);
  });
});
