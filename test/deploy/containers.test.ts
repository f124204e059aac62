import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type HostShell, hostShells, runShell } from '../support/host-shells.ts';

const functions = ['clock', 'steps/common', 'steps/images', 'steps/containers', 'steps/containers-stay']
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

describe.each(SHELLS)('a container of a service whose profile is not enabled (%s)', (_name, shell) => {
  /** With `web` as the one service that Compose starts; tells what Compose was asked as well. */
  const DOUBLES = `
    release=new
    compose() {
      echo "$*" >>"$TAGSHIP_RUN/asked"
      case $1 in config) echo 'web 0a1b' ;; up) echo "$*" ;; esac
    }`;
  const seen = (containers: readonly string[], compose = DOUBLES) => {
    writeFileSync(join(run, 'inspected'), containers.map((line) => `${line}\n`).join(''));
    const inspect = 'docker() { cat "$TAGSHIP_RUN/inspected"; }\nids=1';
    return sh(shell, `${compose}\n${inspect}\ndescribe_containers; printf '%s\\n' "$seen" | cut -d' ' -f2`).split('\n');
  };

  it('does not count once it has ended', () => {
    expect(seen([container('web', 'running'), container('adminer', 'exited')])).toEqual(['web']);
  });

  it('counts while it runs, as any other does in any state', () => {
    expect(seen([container('web', 'exited'), container('adminer', 'running')])).toEqual(['web', 'adminer']);
  });

  it('counts where Compose cannot tell', () => {
    const silent = 'release=new; compose() { return 1; }';
    expect(seen([container('web', 'running'), container('adminer', 'exited')], silent)).toEqual(['web', 'adminer']);
  });

  it('is what Compose is asked for where something does not run, and once', () => {
    seen([container('web', 'running')]);
    expect(existsSync(join(run, 'asked'))).toBe(false);
    for (let time = 0; time < 2; time += 1) seen([container('web', 'exited'), container('adminer', 'exited')]);
    expect(readFileSync(join(run, 'asked'), 'utf8')).toBe('config --hash *\n');
  });

  const replaced = (oneOff: string, service: string, state: string) =>
    sh(
      shell,
      `${DOUBLES}
      list_changed_files() { echo /app/data.sql; }
      docker() { case $* in *Mounts*) echo /app/data.sql ;; *) echo '${oneOff} ${service} ${state}' ;; esac; }
      were_there=1
      recreate_stale commit`,
    );

  it('is not started again for a file that has changed, nor is what was run once', () => {
    expect(replaced('False', 'seed', 'exited')).toBe('');
    expect(replaced('True', 'web', 'exited')).toBe('');
    expect(replaced('False', 'seed', 'running')).toContain('--force-recreate --no-deps -- seed');
    expect(replaced('False', 'web', 'exited')).toContain('--force-recreate --no-deps -- web');
  });
});

it('has no last lines to show of a container that was never made', () => {
  const none = 'project_containers() { :; }; docker() { echo "docker was asked"; }';
  for (const shell of hostShells()) expect(sh(shell, `${none}; show_sick_containers`)).toBe('');
});
