import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../../src/config/parse.ts';
import type { MessageConfig } from '../../../src/config/schema.ts';
import { findFault } from '../../../src/hooks/message/rules.ts';
import { parseCommits } from '../../../src/release/commits.ts';

const rulesOf = (text = ''): MessageConfig => parseConfig(text).checks.message as MessageConfig;

function judge(message: string, { rules = rulesOf(), merging = false } = {}) {
  return findFault(message, (text) => parseCommits([{ hash: '', message: text }])[0] ?? {}, rules, merging);
}

describe('a commit message', () => {
  it.each([
    'feat: add a login',
    'fix(ui): close the menu',
    'feat!: drop the old protocol',
    'refactor(core)!: move the clock',
    'docs: say it\n\nAt length.\n\nRefs: #12',
    'chore(release): 1.2.0',
    'feat: übersetzt 🙂',
    'fix: it\n\nBREAKING CHANGE: not as it was',
    'fix: it\n\nBREAKING-CHANGE: not as it was',
  ])('may be %j', (message) => expect(judge(message)).toBeUndefined());

  it.each([
    "Merge branch 'feature/x' into develop",
    "Merge 'v0.2.0' into develop",
    'Merge pull request #12 from someone/x',
    'Revert "feat: add a login"\n\nThis reverts commit 0123.',
    'Reapply "feat: add a login"',
    'fixup! feat: add a login',
    'squash! whatever it was',
    'amend! feat: add a login\n\nfeat: add a login page',
  ])('that git itself wrote is left alone: %j', (message) => expect(judge(message)).toBeUndefined());

  it('that is empty is left to git, which refuses it', () => expect(judge('\n  \n')).toBeUndefined());

  it('of a merge being concluded is free', () => {
    expect(judge('bring it all together', { merging: true })).toBeUndefined();
    expect(judge('bring it all together')).toMatchObject({ code: 'message-form' });
  });

  it.each([
    ['Add a login', 'feat: add a login'],
    ['added login', 'feat: added login'],
    ['Fix the crash', 'fix: the crash'],
    ['fixed the crash', 'fix: fixed the crash'],
    ['Feat: add a login', 'feat: add a login'],
    ['FIX(ui): close the menu', 'fix(ui): close the menu'],
    ['feat :add a login', 'feat: add a login'],
    ['feat:add a login', 'feat: add a login'],
    ['feature: add a login', 'feat: add a login'],
    ['bugfix(api)!: answer', 'fix(api)!: answer'],
    ['[fix] close the menu', 'fix: close the menu'],
    ['fix - close the menu', 'fix: close the menu'],
    ['feat(): add a login', 'feat: add a login'],
    ['feat( )!: add a login', 'feat!: add a login'],
    ['Feature(): add a login', 'feat: add a login'],
    ['feat(): ', undefined],
    ['docs: ', undefined],
    ['Login page', undefined],
    ['API keys are read', undefined],
  ])('%j is refused, and %j is what was meant', (message, meant) => {
    const fault = judge(message);
    expect(fault?.code).toMatch(/^message-(form|type)$/);
    expect(fault?.suggestion).toBe(meant);
    if (meant !== undefined) expect(judge(meant)).toBeUndefined();
  });

  it('has no type but those that are configured', () => {
    const rules = rulesOf('checks: { message: { types: [feat, fix] } }');
    expect(judge('docs: say it', { rules })).toMatchObject({ code: 'message-type' });
    expect(judge('feature: say it', { rules })).toMatchObject({ suggestion: 'feat: say it' });
  });

  it('has no scope but those that are configured, and need not have one', () => {
    const rules = rulesOf('checks: { message: { scopes: [ui, api] } }');
    expect(judge('feat(ui): x', { rules })).toBeUndefined();
    expect(judge('feat: x', { rules })).toBeUndefined();
    expect(judge('feat(db): x', { rules })).toMatchObject({ code: 'message-scope' });
  });

  it('has a first line of at most the configured length, counted in characters', () => {
    const rules = rulesOf('checks: { message: { length: 20 } }');
    expect(judge(`feat: ${'ü'.repeat(14)}`, { rules })).toBeUndefined();
    expect(judge(`feat: ${'ü'.repeat(15)}`, { rules })).toMatchObject({ code: 'message-length' });
  });

  it('keeps its second line empty', () => {
    expect(judge('feat: x\nmore')).toMatchObject({ code: 'message-body', suggestion: 'feat: x\n\nmore' });
  });

  it.each(['BREAKING CHANGES: all', 'Breaking change: all', 'Breaking changes: all', 'BreakingChange: all'])(
    'does not hide a breaking change from the release by writing %j',
    (footer) => expect(judge(`feat: x\n\n${footer}`)).toMatchObject({ code: 'message-breaking' }),
  );
});
