import { describe, expect, it } from 'vitest';
import { Problem, Refusals } from '../../src/core/problem.ts';
import type { HostFacts } from '../../src/deploy/facts.ts';
import type { DeployRequest } from '../../src/deploy/plan.ts';
import { planRun } from '../../src/deploy/plan.ts';
import type { DeployPlan } from '../../src/deploy/plan-shape.ts';
import type { RunRecord } from '../../src/deploy/run.ts';
import { runFiles } from '../../src/deploy/upload.ts';
import { deployFacts, environmentOf, openedRun, RUNNING, record, requestFor } from '../support/deploy-facts.ts';

const plan = (
  facts: Partial<HostFacts> = {},
  request: Partial<DeployRequest> = {},
  environment = environmentOf(),
  tagFormat = 'v{version}',
) => planRun({ ...deployFacts(), ...facts }, { ...requestFor('deploy'), ...request }, environment, tagFormat);

/** Codes and exit status of what a plan is refused for. */
function refused(make: () => unknown): { codes: string[]; exit: number } {
  try {
    make();
  } catch (error) {
    if (error instanceof Problem) return { codes: [error.code], exit: error.exit };
    if (error instanceof Refusals) return { codes: error.problems.map(({ code }) => code), exit: error.exit };
    throw error;
  }
  throw new Error('it was not refused');
}

const HISTORY = [record('v0.1.0')];

describe('the plan of a deployment', () => {
  it('takes the highest release on origin where no tag is named, pre-releases excluded', () => {
    const tags = ['v0.9.0', 'v0.10.0', 'v0.11.0-beta.1', 'nightly'];
    const remoteTags = tags.map((tag, index) => ({ tag, commit: String(index).repeat(40) }));
    expect(plan({ remoteTags }).details.about).toMatchObject({ tag: 'v0.10.0', commit: '1'.repeat(40) });
  });

  it('takes of independent packages the one whose tags the environment gets', () => {
    const tags = ['core-v9.0.0', 'app-v2.1.0', 'app-v2.0.0', 'myapp-v3.0.0'];
    const remoteTags = tags.map((tag, index) => ({ tag, commit: String(index).repeat(40) }));
    const { about, versions } = plan({ remoteTags }, {}, environmentOf(), 'app-v{version}').details;
    expect([about.tag, versions.new]).toEqual(['app-v2.1.0', '2.1.0']);
  });

  it('takes the tag that is named, a pre-release or one of another kind too', () => {
    const remoteTags = [{ tag: 'v1.0.0-rc.1', commit: 'c'.repeat(40) }];
    expect(plan({ remoteTags }, { tag: 'v1.0.0-rc.1' }).details.versions.new).toBe('1.0.0-rc.1');
  });

  it('makes every step before the checkout one that changes nothing', () => {
    const kinds = plan().details.forward.map(({ id, kind }) => `${kind} ${id}`);
    expect(kinds).toEqual([
      'prepare guard',
      'prepare present',
      'prepare fetch',
      'prepare export',
      'prepare preflight',
      'prepare images',
      'prepare fits',
      'change checkout',
      'change up',
      'change containers',
      'change http',
      'change record',
    ]);
  });

  it('proves on the way back the same as on the way forward', () => {
    expect(plan().details.revert.map(({ id }) => id)).toEqual([
      'engine',
      'images',
      'checkout',
      'up',
      'containers',
      'http',
    ]);
    expect(plan().details.revert.every(({ release }) => release === 'previous')).toBe(true);
  });

  it('has a release confirmed from outside, where that is configured, after its own health and before it is recorded', () => {
    const confirm = { url: 'https://app.example.com/', status: 200, timeout: 30_000 };
    const { forward, revert, confirm: asked } = plan({}, {}, environmentOf({ confirm })).details;
    expect(forward.map(({ id }) => id).slice(-3)).toEqual(['http', 'confirm', 'record']);
    expect(forward.find(({ id }) => id === 'confirm')).toMatchObject({
      kind: 'change',
      call: ['wait_for_confirmation', '45'],
    });
    expect(revert.map(({ id }) => id)).not.toContain('confirm');
    expect(asked).toEqual(confirm);
  });

  it('goes back to what runs: its commit, its branch, and the images its containers were made from', () => {
    const { previous } = plan().details.about;
    expect(previous).toEqual({
      commit: 'a'.repeat(40),
      tag: 'v0.1.0',
      serving: true,
      images: [{ service: 'web', name: 'app-web', id: 'sha256:old' }],
    });
  });

  it('clears away what was prepared, and sees that what served still does: the engine may be what failed', () => {
    const calls = (facts: Partial<HostFacts>) => plan(facts).details.undo.map(({ kind, call }) => `${kind} ${call[0]}`);
    expect(plan().details.undo.at(-1)?.call).toEqual(['start_again', 'c1']);
    expect(calls({})).toEqual(['prepare wait_for_engine', 'prepare undo_images', 'prepare start_again']);
    expect(calls({ containers: [] })).toEqual([]);
    expect(calls({ containers: [{ ...RUNNING, state: 'exited' }] })).not.toContain('prepare start_again');
  });

  it('takes a first deployment down again when it fails, since nothing served before', () => {
    const first = plan({ containers: [] });
    expect(first.title).toContain('the first deployment there');
    expect(first.details.revert.map(({ id }) => id)).toEqual(['engine', 'down', 'checkout']);
    const preflight = (made: DeployPlan) => made.details.forward.find(({ id }) => id === 'preflight')?.call[2];
    expect([preflight(first), preflight(plan())]).toEqual(['none', 'ours']);
  });

  it('puts a stack that was stopped back as it was, and takes down nothing that it did not make', () => {
    const stopped = plan({ containers: [{ ...RUNNING, state: 'exited', exitCode: 137 }] });
    expect(stopped.title).toContain('in place of v0.1.0, which is stopped');
    expect(stopped.details.about.previous).toMatchObject({ serving: false, stopped: true });
    expect(stopped.details.revert.map(({ call }) => call[0])).toEqual([
      'wait_for_engine',
      'restore_present_images',
      'return_to',
      'restore_stopped',
    ]);
  });

  describe('with health settings that have changed', () => {
    const asks = { headers: {}, json: {}, tcp: [] };
    const before = { ...asks, url: 'http://127.0.0.1:8080/old', status: 204, successes: 1, every: 500, timeout: 9_000 };
    const asked = (steps: DeployPlan['details']['forward']) => steps.find(({ id }) => id === 'http')?.call;
    const old = ['prove_http', '1', '0.5', '0', '9', before.url, '204'];
    const present = ['prove_http', '3', '1', '0', '60', 'http://127.0.0.1:8080/health', '200'];

    it('proves the new release by the present ones, and the old one, on the way back, by those it was deployed with', () => {
      const { forward, revert, about } = plan({ history: [{ ...record('v0.1.0'), health: before }] }).details;
      expect([asked(forward), asked(revert)]).toEqual([present, old]);
      expect(about.health).toEqual(environmentOf().health);
      expect(about.previous.health).toEqual(before);
    });

    it('asks nothing on the way back of a release that was deployed without a health check', () => {
      const { revert } = plan({ history: [{ ...record('v0.1.0'), health: null }] }).details;
      expect(asked(revert)).toBeUndefined();
    });

    it('falls back to the present ones for a release that was deployed before they were recorded', () => {
      const { revert, about } = plan({ history: [record('v0.1.0')] }).details;
      expect(asked(revert)).toEqual(present);
      expect(about.previous).not.toHaveProperty('health');
    });

    it('remembers past an interrupted run how what served before it proved itself', () => {
      const previous = { commit: 'e'.repeat(40), tag: 'v0.0.9', serving: true, images: [], health: before };
      expect(asked(plan({ journal: [openedRun(previous)] }).details.revert)).toEqual(old);
    });

    it('rolls back to a release by those it was deployed with, and records them again', () => {
      const history = [{ ...record('v0.0.9', '9'), health: before }, record('v0.1.0')];
      const { forward, about } = plan({ history }, { kind: 'rollback' }).details;
      expect(asked(forward)).toEqual(old);
      expect(about.health).toEqual(before);
    });
  });

  it('falls back past an interrupted run to what served before it, and takes its half checkout for no edit', () => {
    const previous = { commit: 'e'.repeat(40), tag: 'v0.0.9', serving: true, images: [] };
    const clone = deployFacts().clone;
    const interrupted = plan({
      journal: [openedRun(previous)],
      lastRun: 'killed',
      ...(clone && { clone: { ...clone, dirty: [' M docker-compose.yml'] } }),
    });
    expect(interrupted.details.about.previous).toEqual(previous);
    expect(interrupted.details.forward[0]?.call).toEqual([
      'guard_interrupted',
      'a'.repeat(40),
      'killed',
      'killed',
      'a'.repeat(40),
      'e'.repeat(40),
    ]);
    expect(interrupted.warnings[0]).toContain('interrupted');
  });

  it('falls back past a run that could not be taken back, and past those that then changed nothing', () => {
    const previous = { commit: 'e'.repeat(40), tag: 'v0.0.9', serving: true, images: [] };
    const wreck = { ...record('v0.1.7', '7'), outcome: 'needs_hands' as const, previous };
    const refusedOne = { ...record('v0.1.8', '8'), outcome: 'failed' as const };
    const { details, warnings } = plan({ history: [record('v0.0.9', 'e'), wreck, refusedOne] });
    expect(details.about.previous).toEqual(previous);
    expect(warnings[0]).toContain('could not be taken back; if this one fails, v0.0.9 comes back');
    expect(details.forward[0]?.call[0]).toBe('guard_checkout');
    const mended = { ...record('v0.1.9', '9'), outcome: 'rolled_back' as const };
    expect(plan({ history: [wreck, mended] }).details.about.previous).not.toEqual(previous);
  });

  it('has the guard know the run that began last, so that a plan older than another run is not carried out', () => {
    const { forward } = plan({ lastRun: 'run-7' }).details;
    expect(forward[0]?.call).toEqual(['guard_checkout', 'a'.repeat(40), 'run-7']);
  });

  it('tells where containers may come from: what served, and what an interrupted run brought', () => {
    const previous = { commit: 'e'.repeat(40), tag: 'v0.0.9', serving: true, images: [] };
    const { forward, revert } = plan({ journal: [openedRun(previous)] }).details;
    const up = (steps: typeof forward) => steps.find(({ id }) => id === 'up')?.call;
    expect(up(forward)).toEqual(['start_containers', 'e'.repeat(40), 'a'.repeat(40)]);
    expect(up(revert)).toEqual(['start_containers', 'b'.repeat(40), 'e'.repeat(40), 'a'.repeat(40)]);
  });

  it('warns where no health check is configured, and still waits for the containers', () => {
    const without = plan({}, {}, environmentOf({ health: undefined }));
    expect(without.warnings.join()).toContain('no health check');
    expect(without.details.forward.map(({ id }) => id)).not.toContain('http');
  });

  it('leaves out -f for the default Compose file, so that an override file counts as it does by hand', () => {
    expect(runFiles(plan()).get('new.env')).toContain('compose() { compose_program "$@"; }');
    const two = environmentOf({ compose: ['docker-compose.yml', 'prod env.yml'] });
    expect(runFiles(plan({}, {}, two)).get('new.env')).toContain(
      `compose() { compose_program --file docker-compose.yml --file 'prod env.yml' "$@"; }`,
    );
  });

  it('speaks to Compose v1 where there is no v2', () => {
    expect(runFiles(plan({ compose: 'docker-compose' })).get('new.env')).toContain('docker-compose "$@"');
  });

  it('quotes whatever a tag holds, and names the run with letters that are safe in a path', () => {
    const tag = "v1'$(reboot)/x";
    const hostile = plan({ remoteTags: [{ tag, commit: 'c'.repeat(40) }] }, { tag });
    expect(hostile.id).toMatch(/^20260102T030405Z-v1-reboot-x-abc$/);
    expect(runFiles(hostile).get('forward/03-fetch.sh')).toContain(`fetch_tag 'v1'\\''$(reboot)/x' ${'c'.repeat(40)}`);
  });

  it('survives JSON unchanged: it is data', () => {
    const made = plan();
    expect(JSON.parse(JSON.stringify(made))).toEqual(made);
  });

  it('keeps aside what was edited on the host, says how it comes back, and takes containers for made from it', () => {
    const clone = deployFacts().clone;
    const { details, warnings } = plan({ ...(clone && { clone: { ...clone, dirty: [' M x'] } }) });
    const ref = `refs/tagship/kept/${details.about.run}`;
    expect(details.forward[0]?.call).toEqual(['guard_checkout', 'a'.repeat(40), '', 'edited']);
    expect(warnings.at(-1)).toContain(`git -C /opt/app stash apply ${ref}`);
    for (const list of [details.forward, details.revert])
      expect(list.find(({ id }) => id === 'up')?.call).toContain(ref);
  });

  it('goes back to a release whatever the host lacks: only what could not be known is passed over', () => {
    const lacking = {
      disks: [{ mount: '/', free: 0 }],
      memory: 0,
      clock: 0,
      history: [...HISTORY, record('v0.2.0', 'b')],
    };
    const back = () => plan(lacking, { kind: 'rollback', tag: 'v0.1.0' });
    expect(back().details.forward.find(({ id }) => id === 'preflight')?.call[0]).toBe('preflight_again');
    expect(() => plan({ disks: [], memory: undefined, clock: undefined })).not.toThrow();
  });

  it.each([
    ['1.25.0', ['compose-old']],
    ['1.29.2', []],
    ['unheard of', []],
  ])('takes docker-compose %s for what it is', (composeVersion, codes) => {
    const make = () => plan({ compose: 'docker-compose', composeVersion });
    if (codes.length === 0) expect(make).not.toThrow();
    else expect(refused(make).codes).toEqual(codes);
  });

  describe('is refused, with exit 3,', () => {
    it('for everything that is wrong at once', () => {
      const clone = deployFacts().clone;
      const facts = {
        tools: new Set(['git', 'docker', 'timeout', 'setsid']),
        docker: undefined,
        dockerError: 'permission denied while trying to connect',
        ...(clone && { clone: { ...clone, writable: false } }),
        disks: [{ mount: '/var/lib/docker', free: 1e6 }],
        memory: 1e6,
        clock: 0,
      };
      expect(refused(() => plan(facts, { tag: 'v7.0.0' }))).toEqual({
        codes: [
          'tool-missing',
          'tool-missing',
          'docker-unusable',
          'not-writable',
          'disk-full',
          'memory-low',
          'clock-off',
          'tag-missing',
        ],
        exit: 3,
      });
    });

    it('and not with 7, where a run is at work and something else is in the way as well: waiting does not mend that', () => {
      const facts = { locked: true, clone: { ...clone(), writable: false } };
      expect(refused(() => plan(facts))).toEqual({ codes: ['not-writable', 'locked'], exit: 3 });
      const both = { codes: ['locked', 'tag-missing'], exit: 3 };
      expect(refused(() => plan({ locked: true }, { tag: 'v7.0.0' }))).toEqual(both);
    });

    it('but with 7 alone, where the run at work may change what the release is older than', () => {
      const facts = { history: [record('v0.2.0', 'b')] };
      const request = { tag: 'v0.1.0', notOlder: true };
      expect(refused(() => plan(facts, request)).codes).toEqual(['older-release']);
      expect(refused(() => plan({ ...facts, locked: true }, request))).toEqual({ codes: ['locked'], exit: 7 });
    });

    it.each([
      ['where there is no folder', { folder: false, clone: undefined }, 'no-folder'],
      ['where the folder is no clone', { clone: undefined }, 'not-a-clone'],
      ['where the folder is inside somebody else’s clone', { clone: { ...clone(), atTop: false } }, 'not-a-clone'],
      ['where there is no Compose', { compose: undefined }, 'compose-missing'],
      ['where origin cannot be reached', { remoteTags: undefined, remoteError: 'no route' }, 'origin-unreachable'],
      ['where origin has no release', { remoteTags: [] }, 'no-release'],
      ['where containers cannot be seen', { containers: [], containersError: 'gone' }, 'containers-unseen'],
      [
        'where a release was deployed and nothing of it is seen',
        { containers: [], history: HISTORY },
        'containers-missing',
      ],
    ] as const)('%s', (_where, facts, code) => {
      expect(refused(() => plan(facts as Partial<HostFacts>))).toEqual({ codes: [code], exit: 3 });
    });

    it('where nothing of what was deployed is seen, and says why that may be and what starts it again', () => {
      const history = [{ ...record('v0.1.0'), compose: ['stack.yml'] }];
      expect(() => plan({ containers: [], history })).toThrow(
        expect.objectContaining({
          what: 'history says v0.1.0 runs on pi@192.0.2.1, but no container of it is seen',
          why: expect.stringMatching(
            /^its containers were taken down by hand, perhaps, or started from elsewhere than docker-compose\.yml in/,
          ),
          fix: 'on pi@192.0.2.1: cd /opt/app && TAGSHIP_TAG=v0.1.0 TAGSHIP_VERSION=0.1.0 docker compose --file stack.yml up -d',
        }),
      );
    });

    it('for a version typed as if it were the tag, naming the tag that is meant', () => {
      expect(() => plan({}, { tag: '0.2.0' })).toThrow(
        expect.objectContaining({ why: 'did you mean v0.2.0?', fix: 'tagship deploy production v0.2.0' }),
      );
    });

    it.each([
      ['is here', true, {}, 'v9.9.9 is not on the origin of pi@192.0.2.1', 'git push origin refs/tags/v9.9.9'],
      [
        'is nowhere',
        false,
        {},
        'v9.9.9 is not on the origin of pi@192.0.2.1, nor here',
        'tagship deploy production v0.2.0   (or make the release first: tagship release minor)',
      ],
      [
        'is nowhere, as any other',
        false,
        { remoteTags: [] },
        'v9.9.9 is not on the origin of pi@192.0.2.1, nor here',
        'tagship release minor',
      ],
    ])('for a tag that %s, with a command that can be followed', (_where, isHere, facts, what, fix) => {
      expect(() => plan(facts, { tag: 'v9.9.9', isHere })).toThrow(
        expect.objectContaining({ code: 'tag-missing', what, fix }),
      );
    });

    it('where origin has no release, with an example of one as it would be tagged', () => {
      expect(() => plan({ remoteTags: [] })).toThrow('has no release tag like v1.2.3');
    });

    it('for a release older than the one that serves, when nobody asked for it by hand', () => {
      const facts = { history: [record('v0.2.0')], remoteTags: [{ tag: 'v0.1.9', commit: 'c'.repeat(40) }] };
      expect(refused(() => plan(facts, { tag: 'v0.1.9', notOlder: true })).codes).toEqual(['older-release']);
      expect(plan(facts, { tag: 'v0.1.9' }).details.about.tag).toBe('v0.1.9');
    });
  });

  it('says of a tag that was moved since it was deployed that it names another commit', () => {
    const remoteTags = [{ tag: 'v0.1.0', commit: '3'.repeat(40) }];
    const moved = (history: readonly RunRecord[], request = requestFor('deploy')) =>
      plan({ remoteTags, history }, { ...request, tag: 'v0.1.0' }).warnings.filter((one) => one.includes('moved'));
    const told =
      'v0.1.0 has been moved: commit 1111111111 was deployed under this name, now it is commit 3333333333, and no rollback leads back to the other once it serves';
    expect(moved([record('v0.1.0', '1'), record('v0.2.0', '2')])).toEqual([told]);
    expect(moved([record('v0.1.0', '1'), record('v0.1.0', '3')])).toEqual([]);
    expect(moved([record('v0.1.0', '1'), record('v0.2.0', '2')], requestFor('rollback'))).toEqual([]);
  });

  it('is refused with exit 7 while another run is at work, and tells whose', () => {
    expect(refused(() => plan({ locked: true }))).toEqual({ codes: ['locked'], exit: 7 });
  });
});

describe('where something else is checked out than was deployed last, a plan', () => {
  const history = [record('v0.1.0', '1'), record('v0.2.0', '2')];
  const remoteTags = [{ tag: 'v0.3.0', commit: '3'.repeat(40) }];
  const warnings = (digit: string, request = requestFor('deploy')) => {
    const facts = { history, clone: { ...clone(), head: digit.repeat(40), tagsHere: [] }, remoteTags };
    return plan(facts, request).warnings.filter((one) => one.includes('was deployed last'));
  };

  it('says that this comes back, and how to have the other back first', () => {
    const told = 'v0.2.0 was deployed last, but v0.1.0 is checked out there, and comes back if this one fails';
    const first = 'to have v0.2.0 back first: tagship rollback production --to v0.2.0';
    expect(warnings('1')).toEqual([`${told}; ${first}`]);
    expect(warnings('1', { ...requestFor('rollback'), tag: 'v0.2.0' })).toEqual([told]);
    expect(warnings('9')).toEqual([expect.stringContaining('but commit 9999999999 is checked out')]);
  });

  it('says nothing where that is checked out, or was started from it without git', () => {
    expect(warnings('2')).toEqual([]);
    const image: RunRecord = { ...record('v0.1.0', '1'), kind: 'rollback', method: 'image' };
    const from = { ...image, previous: { ...image.previous, commit: '2'.repeat(40) } };
    const facts = { history: [...history, from], clone: { ...clone(), head: '2'.repeat(40) }, remoteTags };
    expect(plan(facts).warnings.filter((one) => one.includes('was deployed last'))).toEqual([]);
  });
});

describe('the plan of a rollback', () => {
  const history = [record('v0.1.0', '1'), record('v0.2.0', '2'), record('v0.3.0', '3')];
  const at = (digit: string) => ({ clone: { ...clone(), head: digit.repeat(40) }, history });
  const rollback = (facts: Partial<HostFacts>, tag?: string) => plan(facts, { ...requestFor('rollback'), tag });

  it('goes to the release deployed before the present one, with the images that ran then, and needs no origin', () => {
    const { details } = rollback({ ...at('3'), remoteTags: undefined });
    expect(details.about).toMatchObject({ kind: 'rollback', tag: 'v0.2.0', commit: '2'.repeat(40) });
    expect(details.forward.find(({ id }) => id === 'images')?.call).toEqual([
      'recover_images',
      'web',
      'app-web',
      'sha256:2',
      '-',
    ]);
  });

  it('passes over runs that did not succeed', () => {
    const bad = { ...record('v0.2.5', '5'), outcome: 'rolled_back' as const };
    expect(rollback({ ...at('3'), history: [...history, bad] }).details.about.tag).toBe('v0.2.0');
  });

  it('goes further back the second time', () => {
    const again = [...history, { ...record('v0.2.0', '2'), kind: 'rollback' as const }];
    expect(rollback({ ...at('2'), history: again }).details.about.tag).toBe('v0.1.0');
  });

  it('goes to the last good release when something else is checked out, as after an interrupted run', () => {
    expect(rollback(at('9')).details.about.tag).toBe('v0.3.0');
  });

  it('goes to the last good release after a run that was interrupted before it changed anything', () => {
    const journal = [openedRun({ commit: '3'.repeat(40), tag: 'v0.3.0', serving: true, images: [] })];
    expect(rollback({ ...at('3'), journal }).details.about.tag).toBe('v0.3.0');
  });

  it('goes to any release that ever served, by name', () => {
    expect(rollback(at('3'), 'v0.1.0').details.about.tag).toBe('v0.1.0');
  });

  it('is refused for a release that never served', () => {
    expect(refused(() => rollback(at('3'), 'v9.0.0'))).toEqual({ codes: ['never-deployed'], exit: 3 });
  });

  it('is refused for a version typed as if it were the tag, naming the tag that is meant', () => {
    expect(() => rollback(at('3'), '0.1.0')).toThrow(
      expect.objectContaining({ why: 'did you mean v0.1.0?', fix: 'tagship rollback production --to v0.1.0' }),
    );
  });

  it('is refused where nothing was deployed before', () => {
    expect(refused(() => rollback({ history: [] }))).toEqual({ codes: ['nothing-to-roll-back-to'], exit: 3 });
  });
});

function clone() {
  const { clone } = deployFacts();
  if (clone === undefined) throw new Error('the facts of the tests have a clone');
  return clone;
}
