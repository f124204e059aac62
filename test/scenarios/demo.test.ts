import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { type Finished, runProgram } from '../support/tagship.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const DEMO = join(ROOT, 'scripts/demo');
const MINUTES = 60_000;

/** The demo installs and starts Docker where it may; without either there is nothing to see. */
async function dockerCanBeHad(): Promise<boolean> {
  if (process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) return true;
  const answer = await runProgram('sh', ['-c', 'docker info && docker compose version'], { cwd: ROOT });
  return answer.exitCode === 0;
}

const possible = await dockerCanBeHad();
if (!possible) {
  const message = 'the demo cannot run here: no Docker engine answers, and only root on Debian may install one';
  if (process.env.CI === 'true') throw new Error(message);
  console.warn(`\n!!! ${message}\n`);
}

/** What demos have left behind: folders, containers, networks and images, by the name they all share. */
async function remains(id: string): Promise<string[]> {
  const folders = readdirSync(tmpdir()).filter((name) => name.startsWith(`tagship-demo-${id}`));
  const questions = [
    'ps -aq --filter name=',
    'network ls -q --filter name=',
    'image ls -q --filter label=tagship.demo=',
  ];
  const answers = await Promise.all(
    questions.map((question) => {
      const value = question.endsWith('demo=') ? id : `tagship-demo-${id}`;
      return runProgram('sh', ['-c', `docker ${question}${value}`], { cwd: ROOT });
    }),
  );
  return [...folders, ...answers.flatMap(({ stdout }) => stdout.split('\n').filter((line) => line !== ''))];
}

const idOf = (output: string) => /tagship-demo-([a-z0-9]{6})-/.exec(output)?.[1] ?? 'no-id-was-shown';

describe.skipIf(!possible)('npm run demo', () => {
  test(
    'ships a release, takes a bad one back, and leaves nothing behind',
    async () => {
      const { exitCode, stdout, stderr } = await runProgram(DEMO, [], { cwd: ROOT });
      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: expect.not.stringContaining('did not go as told') });
      const [, one = '', two = '', three = ''] = stdout.split(/^== (?:Act 1|Act 2|What production)/m);
      expect(stdout).toMatch(/^Flutter {7}/m);
      expect(one).toMatch(/^\$ npm run release:minor/m);
      expect(one).toMatch(/remote: .*v0\.2\.0 serves on production/);
      expect(one).toMatch(/^\$ curl -s http.+\n(.*\n)*.*release v0\.2\.0/m);
      expect(two).toMatch(/remote: .*health: cannot read totals, GRIST_API_KEY is not set/);
      expect(two).toMatch(/remote: .*v0\.2\.0 serves again/);
      expect(two).toMatch(/^\$ curl -s http.+\n(.*\n)*.*release v0\.2\.0/m);
      expect(three).toMatch(/^production on pi@127\.0\.0\.1:\d+: healthy$/m);
      expect(three).toMatch(/deploy +v0\.3\.0 +rolled back to v0\.2\.0.*\n.*deploy +v0\.2\.0 +succeeded/);
      expect(await remains(idOf(stdout))).toEqual([]);
    },
    4 * MINUTES,
  );

  test(
    'tidies up when it is interrupted in the middle of a deployment',
    async () => {
      const child = spawn(DEMO, [], { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'] });
      let stdout = '';
      const ended = new Promise<Pick<Finished, 'exitCode'>>((resolve) => {
        child.on('close', (exitCode) => resolve({ exitCode }));
      });
      child.stdout.on('data', (bytes) => {
        const before = stdout;
        stdout += bytes;
        const reached = (text: string) => text.includes('→ replace the containers');
        if (reached(stdout) && !reached(before)) child.kill('SIGINT');
      });
      expect(await ended).toEqual({ exitCode: 130 });
      expect(await remains(idOf(stdout))).toEqual([]);
    },
    4 * MINUTES,
  );

  test('refuses what it does not know', async () => {
    const { exitCode, stderr } = await runProgram(DEMO, ['--fast'], { cwd: ROOT });
    expect({ exitCode, stderr }).toEqual({ exitCode: 2, stderr: 'usage: npm run demo [-- --keep | --clean]\n' });
  });
});
