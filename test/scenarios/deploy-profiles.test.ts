import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Behaviour, DeployedApp } from '../support/deployed-app.ts';
import { bootLabHost } from '../support/lab.ts';

const host = await bootLabHost('deploy');

describe.skipIf(host === undefined)('services whose profile is not enabled', () => {
  let app: DeployedApp;
  const deploy = async (tag: string, behaviour: Behaviour = 'well') => {
    await app.write('seed.txt', tag);
    await app.release(tag, behaviour);
    return app.tagship('deploy', 'production', tag);
  };
  const id = (service: string) => app.onHost(`docker compose --profile debug ps --all --quiet ${service}`);
  const seeded = () => app.onHost('cat data/seeded');

  beforeAll(async () => {
    if (host === undefined) return;
    app = await DeployedApp.make(host, 'profiles', 8133);
    await app.onHost('printf "data/\\n" >>.git/info/exclude; mkdir data');
    const service = (command: string, volumes: string) =>
      `    image: tagship-test/base\n    profiles: [debug]\n    init: true\n    command: ["-c", "${command}"]\n    volumes: [${volumes}]\n`;
    await app.write(
      'docker-compose.override.yml',
      `services:
  adminer:
${service('exec /bin/busybox sleep 99999', '"./data:/data"')}    ports: ["127.0.0.1:8134:80"]
  seed:
${service('/bin/busybox cat /seed.txt >>/data/seeded; exit 3', '"./data:/data", "./seed.txt:/seed.txt"')}`,
    );
    expect((await deploy('v0.1.0')).exitCode).toBe(0);
    await app.onHost(
      'docker compose --profile debug up --detach adminer seed; docker compose --profile debug wait seed || :',
    );
    expect(await seeded()).toBe('v0.1.0');
  });
  afterAll(() => app?.dispose());

  it('run on while a release is deployed, and what had ended is neither judged nor started again', async () => {
    const adminer = await id('adminer');
    const { exitCode, stderr } = await deploy('v0.2.0');
    expect(exitCode, stderr).toBe(0);
    expect([await app.answer(), await seeded(), await id('adminer')]).toEqual(['v0.2.0', 'v0.1.0', adminer]);
  });

  it('hold up neither a deployment nor its way back once they are stopped: exit 5', async () => {
    await app.onHost('docker compose --profile debug stop adminer');
    const { exitCode, stderr } = await deploy('v0.3.0', 'health-500');
    expect(exitCode, stderr).toBe(5);
    expect([await app.answer(), await seeded()]).toEqual(['v0.2.0', 'v0.1.0']);
    expect((await deploy('v0.4.0')).exitCode).toBe(0);
    expect([await app.answer(), await seeded()]).toEqual(['v0.4.0', 'v0.1.0']);
  });

  it('are left as they are where a release is started from its images, too', async () => {
    await app.onHost('docker compose --profile debug start adminer');
    const adminer = await id('adminer');
    const { exitCode, stderr } = await app.tagship('rollback', 'production', '--method', 'image');
    expect(exitCode, stderr).toBe(0);
    expect([await app.answer(), await seeded(), await id('adminer')]).toEqual(['v0.2.0', 'v0.1.0', adminer]);
    expect(await app.onHost(`docker inspect --format '{{.State.Status}}' ${adminer}`)).toBe('running');
  });
});
