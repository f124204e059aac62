import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { HostFacts } from '../../src/deploy/facts.ts';
import { planRun } from '../../src/deploy/plan.ts';
import { cloneRefusals } from '../../src/deploy/refusals.ts';
import { deployFacts, environmentOf, record, requestFor } from '../support/deploy-facts.ts';

const facts: HostFacts = { ...deployFacts(), host: 'local' };
const unborn: HostFacts['clone'] = facts.clone && { ...facts.clone, head: undefined, origin: undefined };
const sh = (script: string) => execFileSync('sh', ['-ec', script], { encoding: 'utf8', stdio: 'pipe' }).trim();

describe('an app directory that is no clone', () => {
  it.each([
    ['in which the app was run by hand', 'echo ours >compose.yaml', undefined],
    ['without a commit', 'git init -q', unborn],
    [
      'of which nothing is checked out',
      'git init -q && git remote add origin "$1"',
      unborn && { ...unborn, origin: 'x' },
    ],
  ])('%s is made one by the next command, and what stands there stays', (_which, made, clone) => {
    const base = mkdtempSync(join(tmpdir(), 'tagship-clone-'));
    onTestFinished(() => rmSync(base, { recursive: true }));
    const [origin, path] = [`${base}/origin`, `${base}/app`];
    const commit = 'git add . && git -c user.name=T -c user.email=t@example.com commit -q -m first';
    sh(`git init -q -b trunk ${origin}; cd ${origin}; echo theirs >compose.yaml; ${commit}`);
    sh(`mkdir ${path}; cd ${path}; set -- ${origin}; ${made}`);
    const stood = sh(`ls ${path}; cat ${path}/* 2>/dev/null || :`);
    const [problem] = cloneRefusals({ ...facts, clone }, path);
    sh(problem?.fix.replace('URL-OF-THE-APP', origin) ?? '');
    expect(sh(`git -C ${path} rev-parse HEAD`)).toBe(sh(`git -C ${origin} rev-parse HEAD`));
    expect(sh(`ls ${path}; cat ${path}/* 2>/dev/null || :`)).toBe(stood);
  });

  it('but a folder inside of one is refused for that alone, and not for the history there', () => {
    const inside = { ...facts, clone: facts.clone && { ...facts.clone, atTop: false } };
    const history = [record('v0.1.0')];
    const refused = () =>
      planRun({ ...inside, history, containers: [] }, requestFor('deploy'), environmentOf(), 'v{version}');
    expect(refused).toThrow(
      expect.objectContaining({ code: 'not-a-clone', fix: expect.stringContaining('--show-toplevel') }),
    );
  });

  it('that git will not touch for its owner’s sake is given to the user who deploys', () => {
    const [problem] = cloneRefusals(
      { ...facts, clone: undefined, cloneError: 'fatal: detected dubious ownership' },
      '/opt/app',
    );
    expect(problem?.fix).toBe('sudo chown pi /opt/app && sudo chown -R pi /opt/app/.git');
  });
});
