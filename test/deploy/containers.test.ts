import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type HostShell, hostShells, runShell } from '../support/host-shells.ts';

const functions = ['clock', 'steps/common', 'steps/images', 'steps/containers']
  .map((name) => readFileSync(new URL(`../../src/deploy/host/${name}.sh`, import.meta.url), 'utf8'))
  .join('\n');

let run: string;
beforeEach(() => {
  run = mkdtempSync(join(tmpdir(), 'tagship-test-'));
  writeFileSync(join(run, 'umask'), '0022\n');
});
afterEach(() => rmSync(run, { recursive: true, force: true }));

/** Runs a piece of a step; hands over what it printed. */
function sh(shell: HostShell, script: string): string {
  const { status, stdout, stderr } = runShell(shell, `set -eu\n${functions}\n${script}`, { env: { TAGSHIP_RUN: run } });
  expect(stderr).toBe('');
  expect(status).toBe(0);
  return stdout.toString().trim();
}

const SHELLS = hostShells().map((shell) => [shell.name, shell] as const);

/** As docker describes it: in service order, and started at some second of the same minute. */
const container = (service: string, state: string, restarts = 0, second = 0, health = 'none') =>
  `id-${service} ${service} ${state} ${health} 0 ${restarts} 2026-01-01T10:00:${String(second).padStart(2, '0')}.5Z False `;

describe.each(SHELLS)('whether containers have come up (%s)', (_name, shell) => {
  const judged = (containers: readonly string[], time = '') => {
    writeFileSync(join(run, 'seen'), `${containers.join('\n')}\n`);
    return sh(shell, `seen=$(cat "$TAGSHIP_RUN/seen"); judge_containers ${time}`);
  };
  const AT_20 = '2026-01-01T10:00:20';

  it('one or two restarts are forgiven, three are not', () => {
    expect(judged([container('web', 'running', 2)])).toBe('well');
    expect(judged([container('web', 'restarting', 2)])).toBe('waiting service web is restarting');
    expect(judged([container('db', 'running'), container('web', 'running', 3)])).toBe(
      'sick id-web service web keeps restarting',
    );
  });

  it('restarts that a container brings along are not those of this deployment', () => {
    writeFileSync(join(run, 'first-look'), `${container('web', 'running', 7)}\n`);
    expect(judged([container('web', 'running', 9)])).toBe('well');
    expect(judged([container('web', 'running', 10)])).toBe('sick id-web service web keeps restarting');
  });

  it('when the time is over, one that is being restarted, or just was, is named: not one that has come up since', () => {
    expect(judged([container('web', 'restarting', 1, 10)], AT_20)).toBe('sick id-web service web keeps restarting');
    expect(judged([container('web', 'running', 1, 21)], AT_20)).toBe('sick id-web service web keeps restarting');
    expect(judged([container('web', 'running', 1, 10), container('db', 'created')], AT_20)).toBe(
      'waiting service db is created',
    );
    expect(judged([container('web', 'restarting', 1), container('db', 'running', 0, 0, 'starting')], AT_20)).toBe(
      'sick id-web service web keeps restarting',
    );
    expect(judged([container('web', 'running', 0, 21)], AT_20)).toBe('well');
  });
});

describe.each(SHELLS)('whether Compose might fetch an image that is here (%s)', (_name, shell) => {
  const asked = (release: string, configuration?: string) => {
    if (configuration !== undefined)
      sh(shell, `mkdir -p "$scratch"; printf '%s' '${configuration}' >"$scratch/config.yml"`);
    return sh(shell, `release=${release}; if may_pull; then echo yes; else echo no; fi`);
  };
  const plain = 'name: shop\nservices:\n  web:\n    image: shop\n';

  it('it does not where nothing says so', () => {
    expect(asked('new', plain)).toBe('no');
  });

  it.each(['pull_policy: always', 'platform: linux/arm64', 'volumes:\n      - type: image'])(
    'it may for %s',
    (setting) => {
      expect(asked('new', `${plain}    ${setting}\n`)).toBe('yes');
    },
  );

  it('it may where its configuration is not known', () => {
    expect(asked('new')).toBe('yes');
    expect(asked('previous', plain)).toBe('yes');
  });
});
