import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { hasProgram } from '../support/needs.ts';
import { runProgram, runTagship } from '../support/tagship.ts';

const at = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const MODULE = at('deployment-module');
const ROLES = ['common', 'security', 'docker', 'monitoring', 'backup', 'ssl', 'app_environment'];

const yamlOf = (path: string) => parse(readFileSync(join(MODULE, path), 'utf8'));
const variablesOf = (role: string) => Object.keys(yamlOf(`roles/${role}/defaults/main.yml`));

describe('deployment-module', () => {
  it('has the roles of the guide, each with a description of every variable, in its file and on the page', () => {
    expect(readdirSync(join(MODULE, 'roles')).sort()).toEqual([...ROLES].sort());
    const page = readFileSync(at('docs/server.md'), 'utf8');
    for (const role of ROLES) {
      const described = Object.keys(yamlOf(`roles/${role}/meta/argument_specs.yml`).argument_specs.main.options);
      expect(described.sort(), role).toEqual(variablesOf(role).sort());
      expect(
        variablesOf(role).filter((name) => !page.includes(`\`${name}\``)),
        role,
      ).toEqual([]);
    }
  });

  it('reads yes and no as such wherever they are asked for: --extra-vars NAME=false gives a text, and no text is false', () => {
    const asked = ROLES.flatMap((role) => {
      const { options } = yamlOf(`roles/${role}/meta/argument_specs.yml`).argument_specs.main;
      return Object.keys(options).filter((name) => options[name].type === 'bool');
    });
    const files = readdirSync(join(MODULE, 'roles'), { recursive: true, encoding: 'utf8' }).filter((path) =>
      /\/(tasks|handlers|vars|templates)\/[^/]+\.(yml|j2)$/.test(path),
    );
    const uses = files.flatMap((path) =>
      readFileSync(join(MODULE, 'roles', path), 'utf8')
        .split('\n')
        .filter((line) => !/^\s*(msg:|#)/.test(line))
        .flatMap((line) => asked.flatMap((name) => line.match(new RegExp(`\\b${name}\\b.{0,7}`, 'g')) ?? [])),
    );
    expect(uses.length).toBeGreaterThanOrEqual(asked.length);
    expect(uses.filter((use) => !/^\w+ \| bool$/.test(use))).toEqual([]);
  });

  it.skipIf(process.getuid?.() !== 0)('leaves no half swap file on a disk that has no room for one', async () => {
    const tasks = yamlOf('roles/common/tasks/swap.yml').flatMap(({ block }: { block?: object[] }) => block ?? []);
    const words = tasks.find((task: object) => 'ansible.builtin.shell' in task)['ansible.builtin.shell'];
    const disk = mkdtempSync(join(tmpdir(), 'tagship-disk-'));
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', disk]);
    try {
      const make = (size: number) =>
        runProgram(
          'sh',
          ['-c', words.replace(/\{\{.*?\}\}/, String(size)).replaceAll('/swapfile', `${disk}/swapfile`)],
          {
            cwd: '/',
          },
        );
      expect(await make(3)).toMatchObject({ exitCode: 1 });
      expect(readdirSync(disk)).toEqual([]);
      expect(await make(1)).toMatchObject({ exitCode: 0 });
      expect(readdirSync(disk)).toEqual(['swapfile']);
    } finally {
      execFileSync('umount', [disk]);
      rmSync(disk, { recursive: true });
    }
  });

  it("takes every variable of the example, and the tags of the guide's table", () => {
    const known = ROLES.flatMap(variablesOf);
    const given = Object.keys(yamlOf('inventory/hosts.example.yml').all.children.production.vars);
    expect(given.filter((name) => !known.includes(name))).toEqual([]);
    const plays = yamlOf('playbooks/configure_server.yml');
    const { known_tags } = plays[0].tasks[0].vars;
    expect(known_tags).toEqual(plays.at(-1).roles.flatMap(({ tags }: { tags: string[] }) => tags));
    expect(plays.at(-1).roles.map(({ role, tags }: { role: string; tags: string[] }) => [role, tags])).toEqual([
      ['common', ['common', 'base']],
      ['security', ['security']],
      ['docker', ['docker', 'containers']],
      ['monitoring', ['monitoring']],
      ['backup', ['backup']],
      ['ssl', ['ssl']],
      ['app_environment', ['app', 'environment']],
    ]);
  });
});

describe('without an inventory or an engine', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'tagship-module-'));
    cpSync(MODULE, join(folder, 'deployment-module'), {
      recursive: true,
      filter: (path) => !path.endsWith('hosts.yml'),
    });
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const script = (name: string, ...words: string[]) =>
    runProgram(join(folder, 'deployment-module', name), words, {
      cwd: '/',
      env: { PATH: '/usr/sbin:/usr/bin:/bin', ANSIBLE_IMAGE: 'never-built' },
    });

  it('docker-ansible.sh helps, and refuses with the next command to type', async () => {
    expect(await script('docker-ansible.sh', 'help')).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('--check --diff'),
    });
    expect(await script('docker-ansible.sh')).toMatchObject({ exitCode: 2 });
    expect(await script('docker-ansible.sh', 'pong')).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('help'),
    });
    expect(await script('docker-ansible.sh', 'playbooks/none.yml')).toMatchObject({ exitCode: 2 });
    for (const words of [['ping'], ['playbooks/configure_server.yml', '--check']]) {
      expect(await script('docker-ansible.sh', ...words)).toMatchObject({
        exitCode: 3,
        stderr: expect.stringContaining('cp inventory/hosts.example.yml inventory/hosts.yml'),
      });
    }
  });

  it('docker-ansible.sh hands on every word, and what is named as seen from where it is typed', async () => {
    // A stand-in for the engine's client, which says how it is called.
    const bin = join(folder, 'bin');
    mkdirSync(join(folder, 'keys'), { recursive: true });
    mkdirSync(bin, { recursive: true });
    writeFileSync(join(bin, 'docker'), '#!/bin/sh\n[ "$1" != run ] || printf "%s\\n" "$@"\n', { mode: 0o755 });
    writeFileSync(join(folder, 'secret'), 'secret');
    const called = async (environment: Record<string, string>, ...words: string[]) => {
      const env = { PATH: `${bin}:/usr/bin:/bin`, ...environment };
      const { stdout, stderr, exitCode } = await runProgram('deployment-module/docker-ansible.sh', words, {
        cwd: folder,
        env,
      });
      return { said: stdout.trim().split('\n'), stderr, exitCode };
    };
    const path = `${bin}:${process.env.PATH}`;
    const asking = ['infra', 'configure', '--', '--ask-become-pass'];
    expect(await runTagship(asking, { cwd: folder, env: { PATH: path } })).toMatchObject({
      exitCode: 3,
      stderr: expect.stringContaining(
        `cd ${folder}/deployment-module && ./docker-ansible.sh playbooks/configure_server.yml --ask-become-pass`,
      ),
    });
    const { said } = await called(
      { ANSIBLE_SSH_DIR: 'keys', ANSIBLE_VAULT_PASSWORD_FILE: 'secret' },
      ...['ping', '-i', 'inventory/hosts.example.yml', '--limit', 'raspberry_pi'],
    );
    expect(said.join(' ')).toContain('ansible all -i inventory/hosts.example.yml --limit raspberry_pi --module-name');
    expect(said.join(' ')).toContain('--env ANSIBLE_HOST_PATTERN_MISMATCH');
    expect(said).toContain(`${folder}/keys:/ssh:ro`);
    expect(said).toContain(`${folder}/secret:/vault-password:ro`);
    const missing = await called({ ANSIBLE_VAULT_PASSWORD_FILE: 'none' }, 'ping', '-i', 'inventory/hosts.example.yml');
    expect(missing).toMatchObject({ exitCode: 2, stderr: expect.stringContaining(`${folder}/none`) });
  });

  it('deploy.sh wants an environment, and an inventory', async () => {
    expect(await script('deploy.sh')).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('<environment> [tag]'),
    });
    expect(await script('deploy.sh', '--help')).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('<environment> [tag]'),
    });
    expect(await script('deploy.sh', 'production')).toMatchObject({
      exitCode: 3,
      stderr: expect.stringContaining('cp inventory/hosts.example.yml inventory/hosts.yml'),
    });
  });

  it('deploy.sh writes no settings for a release that is not on the origin', async () => {
    const inventory = join(folder, 'deployment-module/inventory/hosts.yml');
    for (const words of [
      ['init', '-q', '.'],
      ['init', '-q', '--bare', 'origin.git'],
      ['remote', 'add', 'origin', 'origin.git'],
    ])
      execFileSync('git', words, { cwd: folder });
    writeFileSync(inventory, 'all: { hosts: {} }\n');
    const refused = await script('deploy.sh', 'production', 'v9.9.9');
    rmSync(inventory);
    rmSync(join(folder, '.git'), { recursive: true });
    expect(refused).toMatchObject({
      exitCode: 3,
      stdout: '',
      stderr: expect.stringContaining('git push origin refs/tags/v9.9.9'),
    });
  });

  it('tagship infra tells where the module comes from', async () => {
    const refused = await runTagship(['infra', 'configure'], { cwd: tmpdir() });
    expect(refused).toMatchObject({ exitCode: 2, stderr: expect.stringContaining(`cp -r ${MODULE}`) });
  });

  const hasAnsible = hasProgram('ansible-playbook', '--version');
  const infra = (action: string, ...words: string[]) =>
    runTagship(['infra', action, '--json', ...words], { cwd: folder, env: { ANSIBLE_IMAGE: 'never-built' } });

  it.skipIf(!hasAnsible)('a missing inventory and placeholders are told before anything is touched', async () => {
    const missing = await infra('configure');
    expect(missing.exitCode).toBe(2);
    expect(JSON.parse(missing.stdout).problems[0].why).toContain('hosts.yml');
    const inventory = join(folder, 'deployment-module/inventory');
    const first = `cp ${inventory}/hosts.example.yml ${inventory}/hosts.yml `;
    for (const { stdout } of [missing, await infra('ping')])
      expect(JSON.parse(stdout).problems[0].fix).toContain(first);
    execFileSync('cp', ['hosts.example.yml', 'hosts.yml'], { cwd: inventory });
    const placeholders = await infra('configure', '--', '--limit', 'production');
    expect(placeholders.exitCode, placeholders.stderr).toBe(3);
    expect(JSON.parse(placeholders.stdout).servers).toMatchObject([
      {
        host: 'raspberry_pi',
        outcome: 'failed',
        changed: 0,
        failure: {
          task: 'Refuse placeholders',
          message: expect.stringMatching(/your-domain\.com.*\n.*admin@example\.com/),
        },
      },
    ]);
    const again = JSON.parse(placeholders.stdout).problems[0].fix;
    expect(again).toContain(': tagship infra configure -- --limit production (');
    const misspelt = await infra('configure', '--', '--tags', 'ssl,secuirty');
    expect(misspelt).toMatchObject({ exitCode: 3, stdout: expect.stringContaining('no role has the tag secuirty;') });
    const domain = await infra('configure', '--', '--extra-vars', 'domain_name=WWW.Your-Domain.com');
    expect(domain.stdout).toContain("placeholder 'WWW.Your-Domain.com'");
    const secret = await infra('configure', '--', '--extra-vars', 'app_env={"KEY":"secret"}');
    expect(secret.stdout).toContain(': tagship infra configure -- … (');
    expect(`${secret.stdout}${secret.stderr}`).not.toContain('secret');
  });

  it.skipIf(!hasAnsible)('values of the wrong kind are told all at once, whichever roles are meant', async () => {
    const inventory = join(folder, 'kinds.yml');
    const kinds = { domain_name: '', app_port: 'many', docker_daemon_options: ['x'], ansible_become: false };
    const host = { ansible_connection: 'local', ...kinds };
    writeFileSync(inventory, JSON.stringify({ all: { hosts: { here: host } } }));
    // This machine may lack what a host is looked at with, and is not looked at: it is refused before.
    writeFileSync(join(folder, 'apt.py'), '');
    const words = ['infra', 'configure', '--json', '--dry-run', '--', '--tags', 'monitoring', '-i', inventory];
    const env = { ANSIBLE_IMAGE: 'never-built', PYTHONPATH: folder };
    const refused = await runTagship(words, { cwd: folder, env });
    expect(refused.exitCode, refused.stderr).toBe(3);
    expect(JSON.parse(refused.stdout).servers[0].failure).toMatchObject({
      task: 'Refuse values of the wrong kind',
      message: expect.stringMatching(/docker_daemon_options(.|\n)*app_port/),
    });
  });

  it.skipIf(!hasAnsible || !hasProgram('systemd-analyze', '--version'))(
    'times that are none, and settings that Compose cannot read, are refused by name, and no value is shown',
    async () => {
      const tasks = (role: string, file: string) => join(MODULE, 'roles', role, 'tasks', `${file}.yml`);
      const refusals = {
        [tasks('app_environment', 'settings')]: 'app_env: b-c, MOTTO must be named',
        [tasks('backup', 'main')]: "backup_time is '750'",
        [tasks('monitoring', 'main')]: "monitoring_every is 'never'",
        [tasks('security', 'updates')]: "security_updates_reboot is '870'",
      };
      const vars = {
        app_settings: { 'b-c': 1, MOTTO: "it's a secret", FINE: 'it$ { }' },
        app_home: folder,
        backup_time: 750,
        monitoring_every: 'never',
        security_updates_reboot: 870,
      };
      const play = Object.keys(refusals).map((file) => ({
        block: [{ 'ansible.builtin.include_tasks': file }],
        rescue: [{ 'ansible.builtin.debug': { msg: '{{ ansible_failed_result.msg }}' } }],
      }));
      const playbook = [{ hosts: 'localhost', connection: 'local', gather_facts: false, vars, tasks: play }];
      writeFileSync(join(folder, 'refusals.yml'), JSON.stringify(playbook));
      const { stdout } = await runProgram('ansible-playbook', ['--check', 'refusals.yml'], { cwd: folder });
      for (const refusal of Object.values(refusals)) expect(stdout).toContain(`"msg": "${refusal}`);
      expect(stdout).not.toContain('a secret');
    },
  );

  it.skipIf(!hasAnsible)(
    'ping fails for a server that is not there, what only tells does not, and with --json both are one document',
    async () => {
      const inventory = join(folder, 'here.yml');
      writeFileSync(inventory, 'all: { hosts: { here: { ansible_connection: local } } }\n');
      const ping = (...words: string[]) => infra('ping', ...words, '-i', inventory);
      const there = await ping('--', 'here');
      expect(there).toMatchObject({ exitCode: 0, stderr: expect.stringContaining('pong') });
      expect(JSON.parse(there.stdout)).toEqual({ outcome: 'done', exit: 0 });
      const asked = await infra('configure', '--', '--list-hosts', '-i', inventory);
      expect(asked).toMatchObject({ exitCode: 0, stderr: expect.stringContaining('here') });
      const missing = await ping('--', 'hree');
      expect(missing).toMatchObject({ exitCode: 3, stderr: expect.stringContaining('hree') });
      expect(JSON.parse(missing.stdout).problems[0].fix).toContain('tagship infra ping');
      rmSync(join(folder, 'deployment-module/inventory/hosts.yml'));
      expect(JSON.parse((await ping('--', 'hree')).stdout).problems[0].fix).toContain('tagship infra ping');
      const planned = await ping('--dry-run', '--', 'here');
      expect(JSON.parse(planned.stdout)).toMatchObject({
        outcome: 'planned',
        wouldRun: expect.stringContaining('ansible here'),
      });
    },
  );
});

describe.skipIf(!hasProgram('ansible-lint', '--version') || !hasProgram('yamllint', '--version'))('lint', () => {
  it('finds no fault, by the profile for production', async () => {
    for (const [program, ...words] of [
      ['yamllint', '--strict', '.'],
      ['ansible-lint', '--nocolor', '-q'],
    ] as const) {
      // The inventory is the user's own.
      const env = { ANSIBLE_INVENTORY: 'inventory/hosts.example.yml' };
      const { exitCode, stdout, stderr } = await runProgram(program, words, { cwd: MODULE, env });
      expect(exitCode, `${stdout}${stderr}`).toBe(0);
    }
  }, 240_000);
});
