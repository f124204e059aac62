import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Behaviour, DeployedApp } from '../support/deployed-app.ts';
import { bootLabHost } from '../support/lab.ts';

const host = await bootLabHost('deploy');

/** The app waits for a job that has an image of its own; a worker runs the image that is built for the app. */
const OVERRIDE = `services:
  web:
    image: tagship-test/jobs-app
    depends_on: { migrate: { condition: service_completed_successfully } }
  worker:
    image: tagship-test/jobs-app
    command: ["-c", "exec /bin/busybox sleep 99999"]
    init: true
  migrate:
    build: migrate
    image: tagship-test/jobs-migrate
    restart: "no"
    volumes: ["./data:/data"]
`;

describe.skipIf(host === undefined)('services that end, and services that share an image', () => {
  let app: DeployedApp;
  const deploy = async (tag: string, behaviour: Behaviour = 'well') => {
    await app.write(
      'migrate/Dockerfile',
      `FROM tagship-test/base\nCMD ["-c", "echo migrated by ${tag} | /bin/busybox tee -a /data/done"]\n`,
    );
    await app.release(tag, behaviour);
    return app.tagship('deploy', 'production', tag);
  };
  const ran = () => app.onHost('tail -n 1 data/done');
  const image = (service: string) => app.onHost(`docker inspect -f '{{.Image}}' $(docker compose ps -aq ${service})`);

  beforeAll(async () => {
    if (host === undefined) return;
    app = await DeployedApp.make(host, 'jobs', 8149);
    await app.onHost(
      'mkdir data; echo data/ >>.git/info/exclude; docker image rm migrate:latest migrate:previous 2>&1 || :',
    );
    await app.write('docker-compose.override.yml', OVERRIDE);
    for (const tag of ['v0.1.0', 'v0.2.0']) {
      const { exitCode, stderr } = await deploy(tag);
      expect(exitCode, stderr).toBe(0);
      expect(await ran()).toBe(`migrated by ${tag}`);
    }
  });
  afterAll(() => app?.dispose());

  it('what is built for one of them is not pulled for another', async () => {
    expect(await image('worker')).toBe(await image('web'));
    expect(await app.onHost('docker compose logs --no-log-prefix web')).toContain('v0.2.0 starts');
  });

  it('a release that fails is undone with the image that each of them had', async () => {
    expect((await deploy('v0.3.0', 'health-500')).exitCode).toBe(5);
    expect(await ran()).toBe('migrated by v0.2.0');
    expect(await app.answer()).toBe('v0.2.0');
  });

  it('and so does a rollback bring them back, under names that are theirs', async () => {
    const { exitCode, stderr } = await app.tagship('rollback', 'production', '--yes');
    expect(exitCode, stderr).toBe(0);
    expect(await ran()).toBe('migrated by v0.1.0');
    expect(await app.onHost(`cut -f 1,2 .git/tagship/releases/v0.1.0/images | sort`)).toBe(
      'migrate\ttagship-test/jobs-migrate\nweb\ttagship-test/jobs-app\nworker\ttagship-test/jobs-app',
    );
    expect(await app.onHost('docker image ls --quiet migrate')).toBe('');
    expect(await app.status()).toMatchObject({ verdict: 'healthy', differences: [] });
  });
});
