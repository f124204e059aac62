import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { healthSchema } from '../../src/config/schema-health.ts';
import type { DeployRequest } from '../../src/deploy/plan.ts';
import { planRun } from '../../src/deploy/plan.ts';
import type { DeployPlan, HostStep } from '../../src/deploy/plan-shape.ts';
import { runFiles, runFolder, startScript } from '../../src/deploy/upload.ts';
import { SCRIPT_COMMAND, scriptInput } from '../../src/io/host-script.ts';
import { deployFacts, environmentOf, RUNNING, record, requestFor } from '../support/deploy-facts.ts';
import { type HostShell, hostShells, runShell } from '../support/host-shells.ts';
import { hostileLine, hostileTag, hostileText } from '../support/hostile.ts';
import { ToyHost, toyStep } from '../support/toy-run.ts';

/** What of a plan others have named. */
const hostile = fc.record({
  folder: hostileLine,
  tag: hostileTag,
  previous: hostileTag,
  file: hostileLine.map((name) => `${name}.yml`).filter((name) => !name.startsWith('-')),
  text: hostileLine,
  words: fc.array(hostileText, { minLength: 1, maxLength: 3 }),
});
type Hostile = typeof hostile extends fc.Arbitrary<infer T> ? T : never;

const METHODS: readonly Pick<DeployRequest, 'kind' | 'method'>[] = [
  { kind: 'deploy' },
  { kind: 'rollback' },
  { kind: 'rollback', method: 'image' },
];

function planOf(root: string, named: Hostile, request: Pick<DeployRequest, 'kind' | 'method'>): DeployPlan {
  const { tag, previous, file, text, words } = named;
  const path = join(root, named.folder);
  const facts = deployFacts();
  const container = { ...RUNNING, service: text, imageName: text };
  const target = { ...record(tag, 'b'), result: { images: [{ service: text, name: text, id: text, digest: text }] } };
  const environment = environmentOf({
    path,
    compose: [file],
    health: healthSchema.parse({
      url: 'http://127.0.0.1:1/',
      body: text,
      headers: { "X-'$": text },
      json: { [text]: text },
      command: text,
    }),
    backup: { before: text, restore: text, timeout: 1_000 },
    commands: [{ run: words, service: 'web', before: 'switch', timeout: 1_000 }],
  });
  return planRun(
    {
      ...facts,
      clone: facts.clone && { ...facts.clone, gitDir: `${path}/.git`, branch: text },
      remoteTags: [{ tag, commit: 'b'.repeat(40) }],
      containers: [container],
      history: [...(request.kind === 'rollback' ? [target] : []), record(previous)],
    },
    { ...requestFor(request.kind), ...request, tag, who: text },
    environment,
    'v{version}',
  );
}

/** Every function that a step calls, and docker, tells how many words it has, and each of them, with a NUL after it. */
function tellTales(steps: readonly HostStep[]): string {
  const names = [...new Set(steps.map(({ call: [name] }) => name)), 'docker'];
  const tale = (name: string) => `${name}() { printf '%s\\0' "$(($# + 1))" ${name} "$@"; }`;
  // Through which Compose is called, word for word.
  return `${names.map(tale).join('\n')}\nhide_values() { "$@"; }\n`;
}

const told = (call: readonly string[]) => [String(call.length), ...call];

/** Has a real shell write the files of a run, as the host does; the runner is not begun. */
function upload(shell: HostShell, plan: DeployPlan): void {
  mkdirSync(plan.details.path, { recursive: true });
  // By its standard input, as a host gets it: it is more than a command line holds.
  const input = scriptInput(`setsid() { echo started; }\n${startScript(plan)}`);
  const started = runShell(shell, `exec ${SCRIPT_COMMAND}`, { input });
  expect([started.stdout.toString(), started.stderr]).toEqual(['started\n', '']);
}

describe.each(hostShells().map((shell) => [shell.name, shell] as const))('a run that %s writes', (_name, shell) => {
  it('hands every step, and Compose, what the plan holds, word for word', () => {
    fc.assert(
      fc.property(hostile, fc.constantFrom(...METHODS), (named, method) => {
        const root = realpathSync(mkdtempSync(join(tmpdir(), 'tagship-plan-')));
        const plan = planOf(root, named, method);
        const { forward, revert, undo, compose } = plan.details;
        upload(shell, plan);
        const run = runFolder(plan);
        const files = [...runFiles(plan)];
        expect(files.map(([path]) => readFileSync(join(run, path), 'utf8'))).toEqual(files.map(([, text]) => text));

        const steps = [...forward, ...revert, ...undo];
        writeFileSync(join(run, 'functions.sh'), tellTales(steps));
        const script = `
          for list in forward revert undo; do for step in "$TAGSHIP_RUN/$list"/*; do (. "$step"); done; done
          . "$TAGSHIP_RUN/functions.sh"
          for release in new previous; do
            . "$TAGSHIP_RUN/$release.env"
            compose up "$compose_named"
            printf '%s\\0' "$TAGSHIP_TAG" "\${TAGSHIP_VERSION-none}"
          done`;
        const { stdout, stderr } = runShell(shell, script, { env: { TAGSHIP_RUN: run } });
        const up = told(['docker', 'compose', '--file', ...compose.files, 'up', ...compose.files]);
        const { versions, about } = plan.details;
        expect(stderr).toBe('');
        expect(stdout.toString().split('\0').slice(0, -1)).toEqual([
          ...steps.flatMap(({ call }) => told(call)),
          ...[...up, about.tag, versions.new ?? 'none'],
          ...[...up, about.previous.tag, versions.previous ?? 'none'],
        ]);
        expect([readdirSync(root), readdirSync(plan.details.path)]).toEqual([[named.folder], ['.git']]);
        rmSync(root, { recursive: true });
      }),
      { numRuns: 15 },
    );
  });
});

it('a run goes forward and back in a folder of any name, and leaves nothing beside it', async () => {
  const host = new ToyHost(process.env, `tagship it's "odd" $(touch owned)\\n\\c*; -`);
  const forward = [toyStep('one', 'prepare', 'touch prepared'), toyStep('two', 'change', 'touch changed; false')];
  const revert = [toyStep('back', 'change', 'rm changed; echo "$TAGSHIP_RUN" >where')];
  const plan = host.plan({ forward, revert });
  expect((await host.carryOut(plan)).outcome).toBe('rolled_back');
  expect(readdirSync(host.folder).sort()).toEqual(['prepared', 'state', 'where']);
  expect(host.history()).toMatchObject([{ run: plan.id, outcome: 'rolled_back', failedStep: 'two' }]);
});
