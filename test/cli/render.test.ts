import { describe, expect, it } from 'vitest';
import { failureDocument, printable, renderFailure, renderPlan } from '../../src/cli/render.ts';
import { Problem, Refusals } from '../../src/core/problem.ts';

const terminal = { out: () => {}, err: () => {}, interactive: false, colour: false, live: false };
const problem = new Problem({
  code: 'tag-exists',
  what: 'the tag v1 exists',
  why: 'seen\nhere',
  fix: 'tagship release patch',
  exit: 3,
});

describe('a failure', () => {
  it('is what, why and the next command', () => {
    expect(renderFailure(problem, terminal)).toBe(
      '✘ the tag v1 exists\n  seen\n  here\n  next: tagship release patch\n',
    );
  });

  it('does not show again what was seen as it came, and tells it to programs', () => {
    const seen = new Problem({ ...problem.toJSON(), seen: true });
    expect(renderFailure(seen, terminal)).toContain('exists\n  what it said stands above\n  next:');
    expect(seen.toJSON().why).toBe('seen\nhere');
  });

  it('of several reasons shows every one', () => {
    const other = new Problem({ code: 'x', what: 'another', fix: 'do', exit: 3 });
    const text = renderFailure(new Refusals([problem, other]), terminal);
    expect(text).toContain('the tag v1 exists');
    expect(text).toContain('✘ another\n  next: do\n');
  });

  it('has a stack only when it is a bug', () => {
    expect(renderFailure(problem, terminal)).not.toMatch(/^\s+at /m);
    expect(renderFailure(new TypeError('oops'), terminal)).toMatch(/^bug in tagship: TypeError: oops\n\s+at /);
  });

  it('is one document for programs', () => {
    expect(JSON.parse(JSON.stringify(failureDocument(problem)))).toEqual({
      outcome: 'failed',
      exit: 3,
      problems: [
        { code: 'tag-exists', what: 'the tag v1 exists', why: 'seen\nhere', fix: 'tagship release patch', exit: 3 },
      ],
    });
  });

  it('cannot drive the terminal with what others named', () => {
    expect(printable('a\x1b[2Jb\x07c\rd\x9b31me\te')).toBe('abcd31me\te');
  });
});

it('a plan is shown by its title, numbered steps and warnings', () => {
  const plan = {
    schema: 1,
    kind: 'release',
    id: 'x',
    title: 'Release v1',
    createdAt: '',
    steps: [
      { id: 'a', title: 'First', details: ['this', 'that'] },
      { id: 'b', title: 'Second' },
    ],
    warnings: ['look out'],
    details: {},
  } as const;
  expect(renderPlan(plan, terminal)).toBe(
    'Release v1\n   1  First\n       this\n       that\n   2  Second\n  ! look out\n',
  );
});
