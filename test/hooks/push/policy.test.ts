import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../../src/config/parse.ts';
import { policyRules } from '../../../src/hooks/push/look.ts';
import { type BranchMove, type JudgedRef, policyRefusals, type TagTarget } from '../../../src/hooks/push/policy.ts';
import { parsePrePush, parsePreReceive } from '../../../src/hooks/push/pushed-ref.ts';

const [OLD, NEW, ZERO] = ['a'.repeat(40), 'b'.repeat(40), '0'.repeat(40)];

const codes = (...refs: JudgedRef[]) => policyRefusals(refs).map(({ code }) => code);

interface Changes {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly config?: string;
  readonly branch?: Partial<BranchMove>;
  readonly tag?: Partial<TagTarget>;
}

const there = (version: string, path = 'pubspec.yaml') => ({ path, version });

function push(remoteRef: string, { from, to = NEW, config, branch, tag }: Changes = {}): JudgedRef {
  const ref = { localRef: 'HEAD', localId: to === ZERO ? undefined : to, remoteRef, remoteId: from };
  const rules = policyRules(parseConfig(config));
  return {
    ref,
    rules,
    branch: { released: false, forward: true, direct: ['abc fix: it'], ...branch },
    tag: {
      annotated: true,
      commit: NEW,
      onLine: true,
      lineKnown: true,
      onLineHere: false,
      versions: [there('1.2.0')],
      ...tag,
    },
  };
}

describe('a branch', () => {
  it('of any other name is free: moved, rewritten, deleted', () => {
    const ref = 'refs/heads/feature';
    expect(
      codes(push(ref), push(ref, { from: OLD, branch: { forward: false } }), push(ref, { from: OLD, to: ZERO })),
    ).toEqual([]);
  });

  it('main moves by a release alone, develop by merges too', () => {
    const merged = { from: OLD, branch: { direct: [] } };
    expect(codes(push('refs/heads/main', merged))).toEqual(['not-released']);
    expect(codes(push('refs/heads/develop', merged))).toEqual([]);
    expect(codes(push('refs/heads/develop', { from: OLD }))).toEqual(['not-merged']);
    const released = { from: OLD, branch: { released: true } };
    expect(codes(push('refs/heads/main', released), push('refs/heads/develop', released))).toEqual([]);
  });

  it('is not rewritten by a release either, also where what would be lost is not known here', () => {
    for (const ref of ['refs/heads/main', 'refs/heads/develop']) {
      const overtaken = (forward: false | undefined) => push(ref, { from: OLD, branch: { released: true, forward } });
      expect(codes(overtaken(false))).toEqual(['protected-rewrite']);
      expect(codes(overtaken(undefined))).toEqual(['remote-unknown']);
    }
  });

  it('main and develop may be made, and never deleted or rewritten', () => {
    for (const ref of ['refs/heads/main', 'refs/heads/develop']) {
      const config = 'checks: { policy: { main: open, develop: open } }';
      expect(codes(push(ref))).toEqual([]);
      expect(codes(push(ref, { from: OLD, config }))).toEqual([]);
      expect(codes(push(ref, { from: OLD, to: ZERO, config }))).toEqual(['protected-delete']);
      expect(codes(push(ref, { from: OLD, config, branch: { forward: false } }))).toEqual(['protected-rewrite']);
      expect(codes(push(ref, { from: OLD, config, branch: { forward: undefined } }))).toEqual(['remote-unknown']);
    }
  });

  it('is known by the names in the configuration', () => {
    const config = 'release: { branches: { main: trunk, develop: next } }';
    expect(codes(push('refs/heads/main', { from: OLD, config }))).toEqual([]);
    expect(codes(push('refs/heads/trunk', { from: OLD, config }))).toEqual(['not-released']);
  });
});

describe('a release tag', () => {
  const ref = 'refs/tags/v1.2.0';

  it('is annotated, on main, and of the version there', () => {
    expect(codes(push(ref))).toEqual([]);
    const wrong = { annotated: false, onLine: false, versions: [there('1.1.0')] };
    expect(codes(push(ref, { tag: wrong }))).toEqual(['tag-lightweight', 'tag-not-on-main', 'tag-version']);
    expect(codes(push(ref, { tag: { versions: [] } }))).toEqual(['tag-version']);
  });

  it('is told where a pre-release may be besides, and how one is made', () => {
    const tag = { onLine: false, versions: [there('1.2.0-rc.1')] };
    expect(policyRefusals([push('refs/tags/v1.2.0-rc.1', { tag })])).toMatchObject([
      {
        what: 'v1.2.0-rc.1 is not on main, develop or a release branch',
        fix: expect.stringContaining('tagship release minor --pre rc'),
      },
    ]);
  });

  it('may be of a release that others have made, where it is not known what main has', () => {
    const tag = { onLine: false, lineKnown: false };
    const [problem] = policyRefusals([push(ref, { tag })]);
    expect(problem?.fix).toBe('git fetch origin, then push again (where it has no main yet: push that along)');
  });

  it('is of the version of every package that shares it, and says which has another', () => {
    const versions = [there('1.2.0'), there('1.1.0', 'core/pubspec.yaml')];
    expect(policyRefusals([push(ref, { tag: { versions } })])).toMatchObject([
      { code: 'tag-version', why: 'core/pubspec.yaml there says 1.1.0' },
    ]);
  });

  it.each([
    ['has the version of the package that it names', 'core-v1.2.0', [there('1.2.0')], []],
    ['has another', 'core-v1.2.0', [there('1.3.0')], ['tag-version']],
    ['names no package there', 'corex-v1.2.0', [], ['tag-version']],
    ['names none at all', 'v1.2.0', [there('1.3.0')], []],
    ['could be taken for another name', '../core-v1.2.0', [], []],
  ])('of an independent package %s', (_what, tag, versions, expected) => {
    const config = 'release: { packages: independent }';
    const judged = push(`refs/tags/${tag}`, { config, tag: { versions } });
    expect(codes(judged)).toEqual(expected);
    const [problem] = policyRefusals([judged]);
    if (problem !== undefined) expect(problem.fix).toMatch(/tagship release 1\.2\.0 --package corex?$/);
  });

  it('is never moved or deleted', () => {
    expect(codes(push(ref, { from: OLD }))).toEqual(['tag-moved']);
    expect(codes(push(ref, { from: OLD, to: ZERO }))).toEqual(['tag-deleted']);
  });

  it('is one by its name; another tag, and a team without rules, is free', () => {
    expect(codes(push('refs/tags/nightly', { from: OLD, tag: { annotated: false } }))).toEqual([]);
    expect(codes(push(ref, { from: OLD, config: 'checks: { policy: { tags: open } }' }))).toEqual([]);
  });
});

it('everything that is wrong is told at once', () => {
  expect(
    codes(
      push('refs/heads/main', { from: OLD }),
      push('refs/heads/develop', { from: OLD, to: ZERO }),
      push('refs/tags/v1.2.0', { from: OLD }),
    ),
  ).toEqual(['not-released', 'protected-delete', 'tag-moved']);
});

describe("git's list of what is pushed", () => {
  it('is read with blanks in what was typed, with deletions, and with ids of both lengths', () => {
    const long = 'c'.repeat(64);
    const input = `HEAD@{1 day ago} ${NEW} refs/heads/x ${ZERO}\n(delete) ${ZERO} refs/heads/y ${OLD}\nrefs/heads/z ${long} refs/heads/z ${'0'.repeat(64)}\n`;
    expect(parsePrePush(input)).toEqual([
      { localRef: 'HEAD@{1 day ago}', localId: NEW, remoteRef: 'refs/heads/x', remoteId: undefined },
      { localRef: '(delete)', localId: undefined, remoteRef: 'refs/heads/y', remoteId: OLD },
      { localRef: 'refs/heads/z', localId: long, remoteRef: 'refs/heads/z', remoteId: undefined },
    ]);
  });

  it('that is not understood is no empty one', () => {
    for (const input of [
      'refs/heads/x',
      `a ${NEW} refs/heads/x`,
      `a ${NEW} refs/heads/x ${OLD} more`,
      `a xyz refs/heads/x ${OLD}`,
    ]) {
      expect(() => parsePrePush(input)).toThrow(/not understood/);
    }
    expect(() => parsePreReceive(`${OLD} refs/heads/x`)).toThrow(/not understood/);
    expect(parsePrePush('')).toEqual([]);
  });
});
