import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Behaviour, DeployedApp } from '../support/deployed-app.ts';
import { bootLabHost } from '../support/lab.ts';
import { RunningTagship } from '../support/running-tagship.ts';

const host = await bootLabHost('deploy');
const SECRET = 'correct-horse-battery-staple';

describe.skipIf(host === undefined)('a release comes back as one unit', () => {
  let app: DeployedApp;
  const rollback = (...args: string[]) => app.tagship('rollback', 'production', ...args);
  const deploy = async (tag: string, behaviour: Behaviour = 'well') => {
    await app.release(tag, behaviour);
    return app.tagship('deploy', 'production', tag);
  };
  const greeting = () => app.onHost('docker compose exec -T web /bin/busybox sh -c \'echo "$GREETING"\'');
  const database = () => app.onHost('docker compose ps --quiet db');
  const image = (service: string) => app.onHost(`docker inspect -f '{{.Image}}' $(docker compose ps -q ${service})`);
  const unit = (tag: string) => `.git/tagship/releases/${tag}`;

  beforeAll(async () => {
    if (host === undefined) return;
    app = await DeployedApp.make(host, 'unit', 8101);
    await app.onHost(
      'docker tag tagship-test/base tagship-test/db:1.0; printf ".env\\ndata/\\n" >>.git/info/exclude; mkdir data; echo row-1 >data/rows',
    );
    await app.write(
      'docker-compose.override.yml',
      `services:\n  db:\n    image: tagship-test/db:1.0\n    command: ["-c", "exec /bin/busybox sleep 99999"]\n    init: true\n    volumes: ["./data:/data"]\n`,
    );
    for (const number of [1, 2, 3, 4]) {
      await app.onHost(`umask 077; echo "GREETING=${SECRET}-${number}" >.env`);
      const { exitCode, stderr } = await deploy(`v0.${number}.0`);
      expect(exitCode, stderr).toBe(0);
    }
  });
  afterAll(() => app?.dispose());

  it('which the host keeps, for its user alone: files, environment, images', async () => {
    const listing = await app.onHost(`cd ${unit('v0.3.0')} && find . -type f -printf '%m %p\\n' | sort -k2`);
    expect(listing.split('\n')).toEqual([
      '600 ./about.json',
      '600 ./compose/docker-compose.override.yml',
      '600 ./compose/docker-compose.yml',
      '600 ./config.yml',
      '600 ./containers',
      '600 ./env/1',
      '600 ./environment',
      '600 ./folder',
      '600 ./images',
      '600 ./images.yml',
      '600 ./project',
    ]);
    expect(await app.onHost(`cat ${unit('v0.3.0')}/env/1`)).toBe(`GREETING=${SECRET}-3`);
    expect(await app.onHost(`cat ${unit('v0.3.0')}/images.yml`)).toMatch(
      /^services:\n {2}"db":\n {4}image: "sha256:[0-9a-f]{64}"\n {2}"web":\n {4}image: "sha256:[0-9a-f]{64}"$/,
    );
  });

  it('goes three deployments back, with the environment of then; what has not changed runs on, data stays', async () => {
    const before = await database();
    await app.onHost('echo row-2 >>data/rows');
    const plan = await rollback('--to', 'v0.1.0', '--dry-run');
    expect(plan.stdout).toContain('.env on pi@');
    const { exitCode, stderr } = await rollback('--to', 'v0.1.0');
    expect(exitCode, stderr).toBe(0);
    expect(await app.answer()).toBe('v0.1.0');
    expect(await app.onHost(`sed -n 's/^web\t[^\t]*\t//p' ${unit('v0.1.0')}/images`)).toContain(await image('web'));
    expect(await app.onHost('docker compose logs --no-log-prefix web')).toContain('v0.1.0 starts');
    expect(await greeting()).toBe(`${SECRET}-1`);
    expect(await app.onHost('cat .env; stat -c %a .env')).toBe(`GREETING=${SECRET}-1\n600`);
    expect(await database()).toBe(before);
    expect(await app.onHost('cat data/rows')).toBe('row-1\nrow-2');
    expect(await app.onHost('git status --porcelain')).toBe('');
    expect(await app.onHost('docker compose ps --services | sort')).toBe('db\nweb');
  });

  it('and forward again; a rollback of a rollback goes further back', async () => {
    const to = async (...args: string[]) => {
      const { exitCode, stderr } = await rollback(...args);
      expect(exitCode, stderr).toBe(0);
      return app.answer();
    };
    for (const tag of ['v0.3.0', 'v0.4.0']) {
      expect((await app.tagship('deploy', 'production', tag)).exitCode).toBe(0);
    }
    // A deployment takes the environment file that it finds.
    expect(await greeting()).toBe(`${SECRET}-1`);
    const replaced = await app.onHost(
      'cat .git/tagship/set-aside/*/before~/.env; stat -c %a .git/tagship/set-aside/*/before~/.env',
    );
    expect(replaced.split('\n')).toEqual([`GREETING=${SECRET}-3`, `GREETING=${SECRET}-4`, '600', '600']);
    expect(await to()).toBe('v0.3.0');
    expect(await to()).toBe('v0.1.0');
    expect(await to('--to', 'v0.4.0')).toBe('v0.4.0');
  });

  it('with an environment file edited by hand since: it comes back, the edited one is kept, and no value is ever told', async () => {
    await app.onHost(`echo "GREETING=${SECRET}-edited" >.env`);
    const { exitCode, stdout, stderr } = await rollback('--to', 'v0.3.0', '--json');
    expect(exitCode, stderr).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ outcome: 'succeeded', exit: 0 });
    const [, kept] = /what it held is kept in (\S+)/.exec(stderr) ?? [];
    expect(await app.onHost(`cat ${kept}; stat -c %a ${kept}`)).toBe(`GREETING=${SECRET}-edited\n600`);
    const told = await app.onHost(
      `grep -rl ${SECRET} .git/tagship --include=log --include='*.json' --include='*.jsonl' --include='*.sh' || :`,
    );
    expect(told).toBe('');
    expect(stdout + stderr).not.toContain(SECRET);
  });

  it('with no environment file any more: it is brought back', async () => {
    await app.onHost('rm .env');
    expect((await rollback('--to', 'v0.2.0')).exitCode).toBe(0);
    expect(await app.onHost('cat .env')).toBe(`GREETING=${SECRET}-2`);
  });

  it('without git and with origin out of reach, by --method image', async () => {
    await app.onHost('mv .git/objects .git/objects-away; mv ../unit.git ../unit-away.git');
    try {
      const { exitCode, stderr } = await rollback('--to', 'v0.3.0', '--method', 'image');
      expect(exitCode, stderr).toBe(0);
      expect(await app.answer()).toBe('v0.3.0');
      expect(await app.onHost('docker compose ps --services | sort')).toBe('db\nweb');
      expect((await rollback('--method', 'image')).exitCode).toBe(0);
      expect(await app.answer()).not.toBe('v0.3.0');
    } finally {
      await app.onHost('mv .git/objects-away .git/objects; mv ../unit-away.git ../unit.git');
    }
    expect(await app.status()).toMatchObject({ verdict: 'healthy', differences: [] });
  });

  it('by git with origin out of reach', async () => {
    await app.onHost('mv ../unit.git ../unit-away.git');
    const { exitCode, stderr } = await rollback('--to', 'v0.4.0');
    await app.onHost('mv ../unit-away.git ../unit.git');
    expect(exitCode, stderr).toBe(0);
    expect(await app.answer()).toBe('v0.4.0');
  });

  it('when a deployment fails and git does too: by its images, and that is said: exit 5', async () => {
    await app.release('v0.5.0', 'health-500');
    const running = new RunningTagship(app.path, ['deploy', 'production']);
    await running.says('→ wait until every container runs');
    await app.onHost('mv .git/objects .git/objects-away');
    const { exitCode, stderr } = await running.finished;
    await app.onHost('mv .git/objects-away .git/objects');
    expect(stderr).toContain('falling back to the images');
    expect(exitCode, stderr).toBe(5);
    expect(await app.answer()).toBe('v0.4.0');
    expect((await app.tagship('history', 'production')).stdout).toContain('rolled back to v0.4.0 by its images');
    expect(await app.onHost('git describe --tags')).toBe('v0.5.0');
  });

  it('and when the next deployment fails, it comes back again: what is checked out never served', async () => {
    const { exitCode, stderr } = await deploy('v0.5.1', 'health-500');
    expect(stderr).toContain('v0.4.0 serves again');
    expect(exitCode, stderr).toBe(5);
    expect(await app.answer()).toBe('v0.4.0');
    expect(await image('web')).toBe(
      await app.onHost(`sed -n 's/^web\t[^\t]*\t\\([^\t]*\\).*/\\1/p' ${unit('v0.4.0')}/images`),
    );
    expect((await rollback()).exitCode).toBe(0);
    expect(await app.status()).toMatchObject({ verdict: 'healthy', checkout: { tag: 'v0.4.0' }, differences: [] });
  });

  it('by hand, as the guide has it: the image that ran before goes by the name previous', async () => {
    expect((await deploy('v0.6.0')).exitCode).toBe(0);
    await app.onHost(`docker compose down
      docker tag unit-web:latest unit-web:rollback-backup
      docker tag unit-web:previous unit-web:latest
      TAGSHIP_TAG=by-hand docker compose up -d --no-build`);
    await expect.poll(() => app.onHost('docker compose logs web')).toContain('v0.4.0 starts');
  });
});
