import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DeployedApp } from '../support/deployed-app.ts';
import { bootLabHost } from '../support/lab.ts';

const host = await bootLabHost('deploy');

describe.skipIf(host === undefined)('a rollback over releases that differ in their files', () => {
  let app: DeployedApp;
  const succeeds = async (...args: string[]) => {
    const { exitCode, stderr } = await app.tagship(...args);
    expect(exitCode, stderr).toBe(0);
    return stderr;
  };
  /** Names the Compose files of what is released from now on. */
  const composeFiles = (...files: string[]) =>
    app.write('tagship.yaml', app.configuration('production', `    compose: [${files.join(', ')}]\n`));
  const rename = async (tag: string, ...files: string[]) => {
    await app.commitRelease(`${tag}-draft`);
    await app.git('tag', '-d', `${tag}-draft`);
    const [first = '', second = ''] = files;
    await app.git('mv', 'docker-compose.yml', first);
    await app.write(second, `services:\n  web:\n    env_file: [app.env, "more env/with blanks.env"]\n`);
    await app.git('add', '-A');
    await app.git('commit', '-q', '-m', `release: ${tag}`);
    await app.git('tag', tag);
    await app.git('push', '-q', 'origin', 'main', tag);
    await composeFiles(...files);
  };
  const variable = (name: string) =>
    app.onHost(`docker exec "$(docker ps -q --filter publish=${app.port})" /bin/busybox sh -c 'echo "$${name}"'`);
  const built = (tag: string) =>
    app.onHost(`sed -n 's/^web\t[^\t]*\t\\([^\t]*\\).*/\\1/p' .git/tagship/releases/${tag}/images`);

  beforeAll(async () => {
    if (host === undefined) return;
    app = await DeployedApp.make(host, 'listed', 8106);
    await app.onHost('printf "*.env\\n.env\\n" >>.git/info/exclude');
  });
  afterAll(() => app?.dispose());

  it('takes the Compose files that the release was deployed with, whatever they are called now', async () => {
    await app.release('v0.1.0');
    await succeeds('deploy', 'production');
    await app.onHost(
      'mkdir "more env"; echo FIRST=one >app.env; echo SECOND=two >"more env/with blanks.env"; chmod 640 app.env',
    );
    await rename('v0.2.0', 'stack.yml', 'more.yml');
    await succeeds('deploy', 'production');
    expect([await variable('FIRST'), await variable('SECOND')]).toEqual(['one', 'two']);
    await succeeds('rollback', 'production');
    expect(await app.answer()).toBe('v0.1.0');
    await app.onHost('echo FIRST=changed >app.env; rm -r "more env"');
    await succeeds('rollback', 'production', '--to', 'v0.2.0');
    expect(await app.answer()).toBe('v0.2.0');
    expect([await variable('FIRST'), await variable('SECOND')]).toEqual(['one', 'two']);
    expect(await app.onHost('stat -c %a app.env')).toBe('640');
  });

  it('starts it without git from the same files', async () => {
    await succeeds('rollback', 'production', '--to', 'v0.1.0', '--method', 'image');
    expect(await app.answer()).toBe('v0.1.0');
    await succeeds('rollback', 'production', '--to', 'v0.2.0', '--method', 'image');
    expect(await app.answer()).toBe('v0.2.0');
    expect(await variable('SECOND')).toBe('two');
    expect(await app.status()).toMatchObject({ verdict: 'healthy', differences: [] });
  });

  it('comes back by itself to a release without git, when the next one fails: exit 5', async () => {
    await app.git('rm', '-q', 'stack.yml', 'more.yml');
    await app.write('tagship.yaml', app.configuration());
    await app.release('v0.3.0', 'health-500');
    const { exitCode, stderr } = await app.tagship('deploy', 'production');
    expect(stderr).toContain('v0.2.0 serves again');
    expect(exitCode).toBe(5);
    expect(await app.answer()).toBe('v0.2.0');
    expect(await variable('SECOND')).toBe('two');
  });

  it('starts the images alone where nothing else was kept, or the one that is called previous', async () => {
    await app.release('v0.3.1');
    await app.release('v0.3.2');
    await succeeds('deploy', 'production', 'v0.3.1');
    await succeeds('deploy', 'production', 'v0.3.2');
    const id = await built('v0.3.1');
    await app.onHost('mv .git/tagship/releases/v0.3.1 /tmp/v0.3.1');
    await succeeds('rollback', 'production', '--method', 'image');
    expect(await app.onHost(`docker inspect -f '{{.Image}}' "$(docker ps -q --filter publish=${app.port})"`)).toBe(id);
    await succeeds('deploy', 'production', 'v0.3.2');
    await app.onHost(`rm -rf .git/tagship/releases/v0.3.1
      sed -i 's/${id}/sha256:${'0'.repeat(64)}/g' .git/tagship/history.jsonl`);
    const said = await succeeds('rollback', 'production', '--method', 'image');
    expect(said).toContain('listed-web:previous stands for');
    expect(await app.onHost(`docker inspect -f '{{.Image}}' "$(docker ps -q --filter publish=${app.port})"`)).toBe(id);
    await succeeds('rollback', 'production', '--to', 'v0.2.0');
  });

  it('builds again what was built and is gone, and says so; without git it refuses: exit 3', async () => {
    const id = await built('v0.1.0');
    await app.onHost(`docker rmi -f ${id} >/dev/null`);
    const refused = await app.tagship('rollback', 'production', '--to', 'v0.1.0', '--method', 'image');
    expect(refused.stderr).toContain('what was built here is gone; --method git builds it again');
    expect(refused.exitCode).toBe(3);
    expect(await app.answer()).toBe('v0.2.0');
    const said = await succeeds('rollback', 'production', '--to', 'v0.1.0');
    expect(said).toContain('service web: the image it ran with is no longer on this host');
    expect(await app.answer()).toBe('v0.1.0');
  });

  it('pins services that share a name and ran different images', async () => {
    const shared =
      'services:\n  other: { image: listed-web, pull_policy: never, command: ["-c", "/bin/busybox sleep 9999"], init: true }\n';
    await app.write('docker-compose.override.yml', shared);
    await app.release('v0.4.0');
    await succeeds('deploy', 'production');
    const images = () => app.onHost(`docker inspect -f '{{.Name}} {{.Image}}' $(docker compose ps -q) | sort`);
    // By hand, of the same name.
    await app.onHost(`
      mkdir -p ../by-hand && sed 's/v0.4.0 starts/by hand/' web/serve.sh >../by-hand/serve.sh
      printf 'FROM listed-web\\nCOPY serve.sh /serve.sh\\n' >../by-hand/Dockerfile && docker build -q -t listed-web ../by-hand >/dev/null
      TAGSHIP_TAG=v0.4.0 docker compose up -d --no-deps --no-build web`);
    const before = await images();
    expect(new Set(before.match(/sha256:\S+/g)).size).toBe(2);
    await app.release('v0.5.0', 'health-500');
    const { exitCode, stderr } = await app.tagship('deploy', 'production');
    expect(exitCode, stderr).toBe(5);
    expect(await images()).toBe(before);
    expect(stderr).toContain('is pinned to the image it ran with');
  });

  it('that does not come up, as what served before does not either, needs hands: exit 6', async () => {
    const asked = app.configuration().replace('successes: 2', 'command: "test ! -e ../sick", successes: 2');
    await app.write('tagship.yaml', asked);
    for (const tag of ['v0.6.0', 'v0.7.0']) {
      await app.release(tag);
      await succeeds('deploy', 'production');
    }
    await app.onHost('touch ../sick');
    const { exitCode, stderr, stdout } = await app.tagship('rollback', 'production', '--json');
    expect(stderr).toContain('v0.7.0 did not come back either');
    expect(stderr).toContain('tagship rollback production --method backup');
    expect(JSON.parse(stdout)).toMatchObject({ outcome: 'needs_hands', exit: 6 });
    expect(exitCode).toBe(6);
    await app.onHost('rm ../sick');
    await succeeds('rollback', 'production');
    expect(await app.answer()).toBe('v0.7.0');
  });
});
