import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DeployedApp } from '../support/deployed-app.ts';
import { bootLabHost } from '../support/lab.ts';

const host = await bootLabHost('deploy');

describe.skipIf(host === undefined)('a release that names files beside the app directory', () => {
  let app: DeployedApp;
  const deploy = () => app.tagship('deploy', 'production');
  const release = async (tag: string) => {
    await app.commitRelease(`${tag}-draft`);
    await app.write(
      'docker-compose.yml',
      `services:
  web:
    build: web
    command: /serve.sh
    init: true
    stop_grace_period: 1s
    ports: ["${app.port}:8080"]
    environment: { RELEASE: "\${TAGSHIP_TAG}" }
    env_file: [one.env, conf/two.env, ../around-shared/three.env]
    volumes: ["../around-shared/data:/data"]
`,
    );
    await app.git('commit', '-qam', `release: ${tag}`);
    await app.git('tag', tag);
    await app.git('push', '-q', 'origin', 'main', tag);
  };

  beforeAll(async () => {
    if (host === undefined) return;
    app = await DeployedApp.make(host, 'around', 8151);
    const migrate = JSON.stringify(['-c', 'echo "$ONE $TWO $THREE" >>/data/log']);
    await app.write(
      'tagship.yaml',
      app.configuration('production', `    commands: [{ run: ${migrate}, service: web }]\n`),
    );
    await app.onHost('printf "*.env\\n" >>.git/info/exclude; rm -rf ../around-shared; mkdir -p ../around-shared/data');
    await release('v0.1.0');
  });
  afterAll(() => app?.dispose());

  it('is refused with all that are missing, and where each is to be created: exit 3', async () => {
    const { exitCode, stderr } = await deploy();
    const missing = [
      ['one.env', `${app.appPath}/one.env`],
      ['conf/two.env', `${app.appPath}/conf/two.env`],
      ['/home/pi/around-shared/three.env', '/home/pi/around-shared/three.env'],
    ].map(([name, place]) => [
      `  - ${name} is not here, and the Compose file names it as env_file`,
      `    next: create it: ${place}`,
    ]);
    expect(stderr).toContain(missing.flat().join('\n'));
    expect(exitCode).toBe(3);
  });

  it('has them where it runs, where it is built, and where its commands run', async () => {
    await app.onHost(
      'mkdir conf; echo ONE=1 >one.env; echo TWO=2 >conf/two.env; echo THREE=3 >../around-shared/three.env',
    );
    const first = await deploy();
    expect(first.exitCode, first.stderr).toBe(0);
    await release('v0.2.0');
    const second = await deploy();
    expect(second.exitCode, second.stderr).toBe(0);
    expect(await app.answer()).toBe('v0.2.0');
    expect(await app.onHost('cat ../around-shared/data/log')).toBe('1 2 3\n1 2 3');
    const variables = await app.onHost("docker inspect -f '{{.Config.Env}}' $(docker compose ps --quiet)");
    for (const one of ['ONE=1', 'TWO=2', 'THREE=3']) expect(variables).toContain(one);
  });

  it('comes back with them', async () => {
    expect((await app.tagship('rollback', 'production')).exitCode).toBe(0);
    expect(await app.answer()).toBe('v0.1.0');
    expect(await app.onHost('cat ../around-shared/three.env')).toBe('THREE=3');
  });
});
