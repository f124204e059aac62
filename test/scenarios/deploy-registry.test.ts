import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DeployedApp } from '../support/deployed-app.ts';
import { bootLabHost } from '../support/lab.ts';

const host = await bootLabHost('deploy');

describe.skipIf(host === undefined)('images from a registry', () => {
  const image = `${host?.registry}/tagship-test/moving:latest`;
  let app: DeployedApp;

  /** Pushes an image whose answer is `answer` under the one moving name, and leaves no copy on the Pi. */
  const publish = (answer: string) =>
    app.onHost(`
      work=$(mktemp -d)
      printf 'while :; do printf "HTTP/1.0 200 OK\\\\r\\\\n\\\\r\\\\n${answer}\\\\n" | /bin/busybox nc -l -p 8080 >/dev/null; done\\n' >"$work/serve.sh"
      printf 'FROM tagship-test/base\\nCOPY serve.sh /serve.sh\\nCMD ["/serve.sh"]\\n' >"$work/Dockerfile"
      docker build -q -t ${image}-draft "$work" >/dev/null
      docker tag ${image}-draft tagship-test/kept:${answer}
      previous=$(docker image inspect -f '{{.ID}}' ${image} 2>/dev/null || :)
      docker tag ${image}-draft ${image} && docker push -q ${image} >/dev/null && docker rmi ${image} >/dev/null
      [ -z "$previous" ] || docker tag "$previous" ${image}`);
  const release = async (tag: string) => {
    await app.write(
      'docker-compose.yml',
      `services:\n  web:\n    image: ${image}\n    init: true\n    restart: unless-stopped\n    stop_grace_period: 1s\n    ports: ["${app.port}:8080"]\n    labels: { release: ${tag} }\n`,
    );
    await app.git('add', '-A');
    await app.git('commit', '-q', '-m', tag);
    await app.git('tag', tag);
    await app.git('push', '-q', 'origin', 'main', tag);
  };

  beforeAll(async () => {
    if (host !== undefined) app = await DeployedApp.make(host, 'registry', 8107);
  });
  afterAll(() => app?.dispose());

  it('are pulled anew for each release, because a name like latest moves', async () => {
    for (const [tag, answer] of [
      ['v0.1.0', 'one'],
      ['v0.2.0', 'two'],
    ] as const) {
      await publish(answer);
      await release(tag);
      const { exitCode, stderr } = await app.tagship('deploy', 'production');
      expect(stderr).toContain(`${tag} serves`);
      expect(exitCode).toBe(0);
      expect(await app.answer()).toBe(answer);
    }
  });

  it('come back as they were in a rollback, although the name has moved on', async () => {
    const { exitCode } = await app.tagship('rollback', 'production');
    expect(exitCode).toBe(0);
    expect(await app.answer()).toBe('one');
  });

  it.each([['git'], ['image']] as const)(
    'are pulled by their digest in a rollback --method %s, when they were removed from the host by hand',
    async (method) => {
      expect((await app.tagship('deploy', 'production', 'v0.2.0')).exitCode).toBe(0);
      expect(await app.answer()).toBe('two');
      const digest = await app.onHost('cut -f 4 .git/tagship/releases/v0.1.0/images');
      expect(digest).toMatch(/^\S+\/tagship-test\/moving@sha256:[0-9a-f]{64}$/);
      await app.onHost(`docker rmi -f "$(cut -f 3 .git/tagship/releases/v0.1.0/images)" >/dev/null`);
      const { exitCode, stderr } = await app.tagship('rollback', 'production', '--method', method);
      expect(stderr).toContain('no longer on this host');
      expect(exitCode, stderr).toBe(0);
      expect(await app.answer()).toBe('one');
      expect(
        await app.onHost(`docker image inspect --format '{{range .RepoDigests}}{{println .}}{{end}}' ${image}`),
      ).toContain(digest);
      await app.onHost(`docker tag ${image} tagship-test/kept:one`);
    },
  );

  it('that are gone everywhere stop a rollback: what the name stands for now is another: exit 3', async () => {
    expect((await app.tagship('deploy', 'production', 'v0.2.0')).exitCode).toBe(0);
    const id = await app.onHost('cut -f 3 .git/tagship/releases/v0.1.0/images');
    await app.onHost(`
      docker save -o /tmp/one.tar ${id} && docker rmi -f ${id} >/dev/null
      sed -i 's/@sha256:..../@sha256:0000/' .git/tagship/releases/v0.1.0/images`);
    const { exitCode, stderr } = await app.tagship('rollback', 'production', '--method', 'image');
    await app.onHost(`docker load -q -i /tmp/one.tar && rm /tmp/one.tar && docker tag ${id} tagship-test/kept:one`);
    expect(stderr).toContain('is not to be had');
    expect(exitCode, stderr).toBe(3);
    expect(await app.answer()).toBe('two');
    expect((await app.tagship('rollback', 'production')).exitCode).toBe(0);
  });

  it('that cannot be pulled under a moving name stop the release: the copy here is the old one', async () => {
    await app.write('docker-compose.yml', `services:\n  web:\n    image: ${host?.registry}/tagship-test/gone:latest\n`);
    await app.onHost(`docker tag tagship-test/kept:one ${host?.registry}/tagship-test/gone:latest`);
    await app.git('add', '-A');
    await app.git('commit', '-q', '-m', 'v0.3.0');
    await app.git('tag', 'v0.3.0');
    await app.git('push', '-q', 'origin', 'main', 'v0.3.0');
    const { exitCode, stderr } = await app.tagship('deploy', 'production');
    expect(stderr).toContain('gone:latest could not be pulled');
    expect(exitCode).toBe(3);
    expect(await app.answer()).toBe('one');
  });
});
