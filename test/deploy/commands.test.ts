import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/config/parse.ts';
import type { CommandConfig } from '../../src/config/schema.ts';
import { shellJoin } from '../../src/core/shell-quote.ts';
import { commandSteps } from '../../src/deploy/commands.ts';
import { withGates } from '../../src/deploy/fleet/gates.ts';
import { planRun } from '../../src/deploy/plan.ts';
import { deployFacts, environmentOf, record, requestFor } from '../support/deploy-facts.ts';

const functions = readFileSync(new URL('../../src/deploy/host/steps/commands.sh', import.meta.url), 'utf8');

/** Runs shell in a folder, with what Compose was called with on standard output, each word after a NUL. */
function sh(script: string, input = '', cwd = '/'): string {
  const told =
    'compose() { printf \'\\0%s\' "$@"; }\ncompose_program() { compose "$@"; }\ntold_whole() { "$@"; }\nfail() { echo "$*"; exit 1; }';
  const env = { ...process.env, TAGSHIP_RUN: '/state/runs/run-1' };
  return spawnSync('sh', ['-c', `${told}\n${functions}\n${script}`], { input, env, cwd, encoding: 'utf8' }).stdout;
}

const COMMANDS: CommandConfig[] = [
  { run: ['rake', 'db:migrate'], service: 'web', before: 'switch', timeout: 90_000 },
  { run: 'echo "done" >>/log', service: 'db', before: 'switch', timeout: 1_000 },
];
const plan = (facts: Partial<ReturnType<typeof deployFacts>> = {}, kind: 'deploy' | 'rollback' = 'deploy') =>
  planRun({ ...deployFacts(), ...facts }, requestFor(kind), environmentOf({ commands: COMMANDS }), 'v{version}');
const ids = (steps: ReturnType<typeof plan>['details']['forward']) => steps.map(({ id, kind }) => `${kind} ${id}`);

describe('commands of a release', () => {
  it('run last of all that changes nothing, where a release serves, and what is left of them is ended', () => {
    const { forward, undo, revert } = plan().details;
    const at = forward.findIndex(({ id }) => id === 'checkout');
    expect(ids(forward.slice(at - 2, at))).toEqual(['prepare command-1', 'prepare command-2']);
    expect(forward[at - 2]).toMatchObject({
      title: 'run rake db:migrate in web of v0.2.0',
      seconds: 90,
      release: 'new',
    });
    expect([ids(undo)[1], ids(revert)[1]]).toEqual(['prepare commands', 'change commands']);
  });

  it('are a change where nothing serves: what they depend on is started for them, from the checkout', () => {
    const { forward } = plan({ containers: [] }).details;
    const at = forward.findIndex(({ id }) => id === 'up');
    expect(ids(forward.slice(at - 3, at))).toEqual(['change checkout', 'change command-1', 'change command-2']);
  });

  it('wait, of several hosts, until every host is ready: they may act on what all of them share', () => {
    const gated = withGates(plan(), { keep: false, patience: 1_000 }).details.forward.map(({ id }) => id);
    expect(gated.indexOf('hold')).toBe(gated.indexOf('command-1') - 1);
  });

  it('are not those of a release that one goes back to', () => {
    const history = [record('v0.0.9', '9'), record('v0.1.0')];
    const { forward, undo, revert } = plan({ history }, 'rollback').details;
    expect(ids([...forward, ...undo, ...revert]).filter((step) => step.includes('command'))).toEqual([]);
  });

  it('reach Compose word for word, never as options of it', () => {
    const text = fc.string({ unit: 'binary' }).map((one) => one.replaceAll('\0', ''));
    fc.assert(
      fc.property(fc.oneof(text, fc.array(text, { minLength: 1 })), fc.boolean(), (run, beside) => {
        const [step] = commandSteps([{ run, service: 'web', before: 'switch', timeout: 1_000 }], 'v1.0.0', beside);
        const [, ...call] = step?.call ?? [];
        const words = typeof run === 'string' ? ['--entrypoint', 'sh', 'web', '-c', run] : ['web', ...run];
        const options = ['run', '--rm', '-T', '--name', 'tagship-run-1-command-1'];
        const alone = ['--project-directory', '/', '--file', '/commands.yml', ...options, '--no-deps'];
        const said = sh(`scratch=; beside=${beside ? 'yes' : ''}\nrun_command ${shellJoin(call)}`);
        expect(said.split('\0').slice(1)).toEqual([...(beside ? alone : options), ...words]);
      }),
      { numRuns: 60 },
    );
  });

  it('see the data of the app directory, and everything else as Compose had it', () => {
    const around = '/srv/a&b\\1/.git/tagship/runs/r/scratch/around';
    const line = fc.oneof(
      fc.stringMatching(/^ {6}[ -~]*$/),
      fc.constant(`      source: ${around}/usr/data`),
      fc.constant(`    - ${around}/srv/shared:${around}/usr`),
      fc.constant(`      source: /elsewhere/usr/data`),
    );
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        const text = ['services:', '  web:', '    pull_policy: always', ...lines, ''].join('\n');
        const wanted = ['services:', '  web:', ...lines, '']
          .join('\n')
          .replaceAll(around, '')
          .replaceAll('/elsewhere/', '/');
        const script = `write_real_paths ${shellJoin([around, '/elsewhere'])}`;
        expect(sh(script, text)).toBe(wanted);
      }),
      { numRuns: 40 },
    );
  });

  it.each(['-it', '', 'a b', 'web;'])('are refused for a service called "%s"', (service) => {
    const yaml = `environments: { production: { hosts: [local], path: /x, commands: [{ run: x, service: ${JSON.stringify(service)} }] } }`;
    expect(() => parseConfig(yaml)).toThrow();
  });
});
