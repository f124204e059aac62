import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planPrune, spareImages } from '../../../src/deploy/prune/plan-prune.ts';
import type { RunRecord } from '../../../src/deploy/run.ts';
import { deployFacts, environmentOf, openedRun, RUNNING, record } from '../../support/deploy-facts.ts';

const image = (digit: string) => ({ id: `sha256:${digit}`, size: 1e6, tags: [`app-web:${digit}`] });

/** A host that was deployed releases 1 to `count`, and serves the last. */
function factsOf(count: number, changes: Partial<ReturnType<typeof deployFacts>> = {}) {
  const history = Array.from({ length: count }, (_, index) => record(`v0.${index + 1}.0`, String(index + 1)));
  const units = history.map(({ tag }) => ({ tag, changedFiles: [] }));
  return { ...deployFacts(), history, units, containers: [{ ...RUNNING, imageId: `sha256:${count}` }], ...changes };
}

const pruned = (facts: ReturnType<typeof factsOf>, keep: number, present = [...'123456789'].map(image)) => {
  const { details } = planPrune(facts, present, environmentOf(), { environment: 'production', keep, now: new Date(0) });
  return { units: details.units, images: details.images.map(({ id }) => id) };
};

describe('what is pruned', () => {
  it('is what belongs to releases older than the newest so many', () => {
    expect(pruned(factsOf(5), 3)).toEqual({ units: ['v0.1.0', 'v0.2.0'], images: ['sha256:1', 'sha256:2'] });
  });

  it('is never of the present release, nor of the one before it', () => {
    expect(pruned(factsOf(3), 0)).toEqual({ units: ['v0.1.0'], images: ['sha256:1'] });
  });

  it('is not what the release goes back to that a rollback has put in place', () => {
    const back: RunRecord = { ...record('v0.3.0', '3'), run: 'back', kind: 'rollback' };
    const facts = factsOf(5);
    const history = [...facts.history, back];
    const containers = [{ ...RUNNING, imageId: 'sha256:3' }];
    expect(pruned({ ...facts, history, containers }, 1).units).toEqual(['v0.1.0', 'v0.4.0', 'v0.5.0']);
  });

  it('is nothing of a run that nobody has settled', () => {
    const images = [{ service: 'web', name: 'app-web', id: 'sha256:1' }];
    const journal = [openedRun({ commit: 'c', tag: 'v0.1.0', serving: true, images })];
    expect(pruned(factsOf(4, { journal }), 0)).toEqual({ units: ['v0.2.0'], images: ['sha256:2'] });
  });

  it('is not what was set up by hand before the first release, as long as that is kept', () => {
    const images = [{ service: 'web', name: 'app-web', id: 'sha256:9' }];
    const factsAfter = (count: number) => {
      const facts = factsOf(count);
      const [first, ...later] = facts.history as [RunRecord, ...RunRecord[]];
      return { ...facts, history: [{ ...first, previous: { ...first.previous, images } }, ...later] };
    };
    expect(pruned(factsAfter(1), 5)).toEqual({ units: [], images: [] });
    expect(pruned(factsAfter(2), 0).images).toEqual([]);
    expect(pruned(factsAfter(3), 0).images).toEqual(['sha256:1', 'sha256:9']);
  });

  it('is no image that somebody gave a name of their own', () => {
    const named = { ...image('1'), tags: ['app-web:1', 'mine:kept'] };
    expect(pruned(factsOf(4), 2, [named, image('2')]).images).toEqual(['sha256:2']);
  });

  it('is no image that no release has run, and none that a container runs', () => {
    expect(pruned(factsOf(4), 2, [image('9')]).images).toEqual([]);
    const facts = factsOf(4, { containers: [{ ...RUNNING, imageId: 'sha256:1' }] });
    expect(pruned(facts, 2).images).toEqual(['sha256:2']);
  });

  it('is no image as long as nobody knows which those are of a release that is kept', () => {
    const facts = factsOf(4);
    const history = facts.history.map((run) => (run.tag === 'v0.4.0' ? { ...run, result: { images: [] } } : run));
    expect(pruned({ ...facts, history }, 2)).toEqual({ units: ['v0.1.0', 'v0.2.0'], images: [] });
  });

  it('never is of a release that is kept, however often each was deployed', () => {
    const digit = fc.integer({ min: 1, max: 6 }).map(String);
    const kind = fc.constantFrom<RunRecord['kind']>('deploy', 'rollback');
    fc.assert(
      fc.property(fc.array(fc.record({ digit, kind }), { maxLength: 12 }), fc.nat(6), (runs, keep) => {
        const history = runs.map((run) => ({ ...record(`v0.${run.digit}.0`, run.digit), kind: run.kind }));
        const facts = factsOf(0, { history, containers: [] });
        const newest = [...new Set(history.toReversed().map(({ tag }) => tag))].slice(0, Math.max(keep, 1));
        const spare = spareImages(facts, keep);
        for (const tag of newest) expect(spare).not.toContain(`sha256:${tag.split('.')[1]}`);
      }),
    );
  });
});
