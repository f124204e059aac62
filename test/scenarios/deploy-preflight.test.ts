import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DeployedApp } from '../support/deployed-app.ts';
import { bootLabHost } from '../support/lab.ts';
import { startOwnRegistry } from '../support/own-registry.ts';
import { runTagship } from '../support/tagship.ts';

const host = await bootLabHost('deploy');
const PORT = 8120;

describe.skipIf(host === undefined)('before a deployment', () => {
  let app: DeployedApp;
  const deploy = (...args: string[]) => app.tagship('deploy', 'production', ...args);
  const configure = (settings: string) =>
    app.write('tagship.yaml', app.configuration().replace('    ssh:', `    preflight: ${settings}\n    ssh:`));
  const standing = () =>
    app.onHost('git rev-parse HEAD; git status --porcelain --untracked-files=no; docker compose ps --quiet');

  beforeAll(async () => {
    if (host === undefined) return;
    app = await DeployedApp.make(host, 'preflight', PORT);
    await app.release('v0.1.0');
    expect((await deploy()).exitCode).toBe(0);
  });
  afterAll(() => app?.dispose());

  it('everything that is in the way of the release is told at once, and nothing has changed: exit 3', async () => {
    if (host === undefined) return;
    const closed = await startOwnRegistry(host, 5001);
    const foreign = `${host.registry}/tagship-test/foreign:1`;
    await app.onHost(`
      work=$(mktemp -d) && cp /bin/busybox "$work"
      printf 'FROM scratch\\nCOPY busybox /bin/busybox\\n' >"$work/Dockerfile"
      DOCKER_BUILDKIT=1 docker build -q --platform linux/arm64 -t ${foreign} "$work"
      docker push -q ${foreign} && docker rmi ${foreign}
      echo ours >notes.txt
      docker rm -f in-the-way 2>/dev/null || :
      docker run -d --name in-the-way -p 127.0.0.1:${PORT + 1}:80 tagship-test/base -c '/bin/busybox sleep 600'
      setsid python3 -m http.server ${PORT + 2} >/dev/null 2>&1 </dev/null &
      for _ in $(seq 50); do curl -s -o /dev/null http://127.0.0.1:${PORT + 2}/ && break; sleep 0.1; done`);
    await app.write('notes.txt', 'theirs\n');
    await app.commitRelease('v0.2.0');
    await app.write(
      'docker-compose.yml',
      `services:
  web: { image: tagship-test/base, command: /serve.sh, ports: ["${PORT}:8080"], environment: { A: "\${NOBODY_SET_THIS}", B: "\${TAGSHIP_TAG}" } }
  one: { image: "${foreign}", ports: ["127.0.0.1:${PORT + 1}:80"] }
  two: { image: "${closed}/tagship-test/closed:1", ports: ["${PORT + 2}:80", "${PORT + 3}:80"], networks: [proxy, default], volumes: ["kept:/kept"] }
networks: { proxy: { external: true, name: nobodys-proxy }, unused: { external: true } }
volumes: { kept: { external: true } }
`,
    );
    await app.git('commit', '-qam', 'feat: more');
    await app.git('tag', 'v0.2.1');
    await app.git('push', '-q', 'origin', 'main', 'v0.2.1');
    const before = await standing();
    const { exitCode, stderr } = await deploy();
    expect(stderr.split('\n').filter((line) => /^ {2}- /.test(line))).toEqual([
      '  - the release brings files that stand here untracked: notes.txt',
      '  - the Compose file uses variables that are set neither in .env nor by tagship: NOBODY_SET_THIS',
      `  - port ${PORT + 1}, which service one publishes, is taken by the container in-the-way`,
      `  - port ${PORT + 2}, which service two publishes, is taken by a process of pi`,
      '  - the external network nobodys-proxy is not here',
      '  - the external volume kept is not here',
      `  - service one: the image ${foreign} is for linux/arm64, and this host is linux/amd64`,
      expect.stringContaining(`  - service two: the registry does not let us have ${closed}/tagship-test/closed:1: `),
    ]);
    expect(stderr).toContain(`next: docker login ${closed}`);
    expect(stderr).toContain('next: mend that, then: tagship deploy production v0.2.1');
    expect(exitCode).toBe(3);
    expect(await standing()).toBe(before);
    expect(await app.onHost('cat notes.txt; rm notes.txt; docker rm -f in-the-way >/dev/null')).toBe('ours');
    expect(await app.answer()).toBe('v0.1.0');
  });

  it('all variables that a Compose file insists on are told, and that the host is where they are set: exit 3', async () => {
    await app.commitRelease('v0.2.2');
    const image =
      '{ image: tagship-test/base, command: /serve.sh, environment: { A: "${A_IS:?told}", B: "$B_IS", C: "${C_IS:?told}" } }';
    await app.write('docker-compose.yml', `services: { web: ${image} }\n`);
    await app.git('commit', '-qam', 'feat: insist');
    await app.git('tag', 'v0.2.3');
    await app.git('push', '-q', 'origin', 'main', 'v0.2.3');
    const { exitCode, stderr } = await deploy();
    expect(stderr).toContain('set neither in .env nor by tagship: A_IS B_IS C_IS)');
    expect(stderr).toContain(`next: add them to ${app.appPath}/.env`);
    expect(exitCode).toBe(3);
  });

  it.each([
    ['PASS="s3cr3t9', 'failed to read .env: line 3: unterminated quoted value'],
    ['PASS=s3cr${t9-1', 'failed to read .env: Invalid template'],
    ['PASS=abc$s3cr3t9', 'line 2 of .env: a dollar sign in a value'],
  ])(
    'an environment file that Compose cannot read is told by its line, never by what it holds: %s',
    async (line, why) => {
      await app.onHost(`echo .env >>.git/info/exclude; printf '%s\n' A=1 '${line}' >.env`);
      const { exitCode, stdout, stderr } = await deploy('v0.1.0', '--json');
      const logged = await app.onHost('rm .env; cat .git/tagship/runs/*/log .git/tagship/*.jsonl');
      for (const said of [stdout, stderr, logged]) expect(said).not.toMatch(/s3cr|t9/);
      expect(stderr).toContain(why);
      expect(stderr).toContain(`next: mend it in ${app.appPath}: a value in single quotes is taken as it is`);
      expect(exitCode).toBe(3);
    },
  );

  it('a release without a Compose file is not taken for the one that runs: exit 3', async () => {
    const before = await standing();
    await app.git('rm', '-q', 'docker-compose.yml');
    await app.git('commit', '-qm', 'feat: forget it');
    await app.git('tag', 'v0.2.4');
    await app.git('push', '-q', 'origin', 'main', 'v0.2.4');
    const { exitCode, stderr } = await deploy();
    expect(stderr).toContain('  - the release has no Compose file');
    expect(exitCode).toBe(3);
    expect(await standing()).toBe(before);
  });

  it('what the host lacks is told at once, in the plan already: exit 3', async () => {
    await configure('{ disk: 900T, memory: 900T }');
    // Another clock here than there.
    const tomorrow = 'const now = Date.now; Date.now = () => now() + 86_400_000; const D = Date; ';
    const shift = `${tomorrow}globalThis.Date = class extends D { constructor(...a) { super(...(a.length ? a : [D.now()])); } };`;
    const { exitCode, stdout } = await runTagship(['deploy', 'production', 'v0.1.0', '--dry-run', '--json'], {
      cwd: app.path,
      env: { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(shift)}` },
    });
    const { problems } = JSON.parse(stdout);
    expect(new Set(problems.map(({ code }: { code: string }) => code))).toEqual(
      new Set(['disk-full', 'memory-low', 'clock-off']),
    );
    expect(problems.at(-1).what).toContain('is 24 hours behind the one here');
    expect(exitCode).toBe(3);
  });

  it('ports that are open to the world are warned of, those that are meant are not', async () => {
    await configure('{}');
    await app.release('v0.3.0');
    const warned = await deploy('--json');
    const [{ notices }] = JSON.parse(warned.stdout).hosts;
    expect(notices).toEqual([expect.stringContaining(`write "127.0.0.1:${PORT}:8080"`)]);
    expect(warned.stderr).toContain(`! port ${PORT} of service web is open to the world`);
    await configure(`{ public: [${PORT}] }`);
    const meant = await deploy('--json');
    expect(JSON.parse(meant.stdout).hosts[0]).toMatchObject({ outcome: 'succeeded', notices: [] });
  });

  it('a submodule, of which the release has no files, is warned of', async () => {
    await app.commitRelease('v0.3.1');
    const commit = await app.git('rev-parse', 'HEAD');
    await app.git('update-index', '--add', '--cacheinfo', `160000,${commit},lib/other app`);
    await app.git('commit', '-qm', 'feat: more');
    await app.git('tag', 'v0.3.2');
    await app.git('push', '-q', 'origin', 'main', 'v0.3.2');
    const { exitCode, stdout } = await deploy('--json');
    expect(JSON.parse(stdout).hosts[0].notices).toEqual([expect.stringMatching(/^lib\/other app is a submodule/)]);
    expect(exitCode).toBe(0);
  });

  it('what a run by root has left in the clone is told, and not taken for another run: exit 3', async () => {
    await app.onHost('sudo chown root .git/tagship/lock && sudo chmod 600 .git/tagship/lock');
    const { exitCode, stdout } = await deploy('--json');
    const { problems } = JSON.parse(stdout);
    expect([exitCode, problems]).toEqual([3, [expect.objectContaining({ code: 'not-writable' })]]);
    await app.onHost(problems[0].fix.replace(/^on \S+: /, ''));
    expect((await deploy('v0.1.0')).exitCode).toBe(0);
  });

  it('folders in which its files cannot be replaced are told: exit 3', async () => {
    await app.release('v0.3.3');
    await app.onHost('sudo chown root web');
    const { exitCode, stderr } = await deploy();
    const [, command] = /next: in \S+: (sudo chown .*)/.exec(stderr) ?? [];
    expect(stderr).toContain('  - the release changes files in folders of another user: web\n');
    expect(exitCode).toBe(3);
    await app.onHost(command ?? '');
    expect((await deploy()).exitCode).toBe(0);
  });

  describe('files that were edited on the host', () => {
    const edit = 'printf "# by hand\\n" >>docker-compose.yml; printf "new\\n" >added; git add added';

    it('are kept aside, and come back with one command', async () => {
      await app.onHost(edit);
      await app.release('v0.4.0');
      const { exitCode, stderr } = await deploy();
      const [command] = /git stash apply refs\/tagship\/kept\/\S+/.exec(stderr) ?? [];
      expect(exitCode).toBe(0);
      expect(await app.answer()).toBe('v0.4.0');
      expect(await app.onHost('git status --porcelain --untracked-files=no; ls added || :')).toBe('');
      await app.onHost(`${command}`);
      expect(await app.onHost('tail -n 1 docker-compose.yml; cat added')).toBe('# by hand\nnew');
    });

    it('are in their place again when the release fails', async () => {
      await app.onHost('git reset -q --hard; rm -f added');
      await app.onHost(edit);
      const before = await app.onHost('git diff HEAD');
      await app.release('v0.5.0', 'crash');
      const { exitCode, stderr } = await deploy();
      expect(stderr).toContain('what was edited here is in its place again');
      expect(exitCode).toBe(5);
      expect(await app.onHost('git diff HEAD')).toBe(before);
      expect(await app.answer()).toBe('v0.4.0');
    });
  });
});
