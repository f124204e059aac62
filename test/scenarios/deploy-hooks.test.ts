import { createServer } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DeployedApp } from '../support/deployed-app.ts';
import { bootLabHost } from '../support/lab.ts';
import { runProgram, runTagship } from '../support/tagship.ts';

const host = await bootLabHost('deploy');

describe.skipIf(host === undefined)('around a deployment', () => {
  let app: DeployedApp;
  let posted: Record<string, unknown>[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += chunk));
    request.on('end', () => {
      posted.push(JSON.parse(body));
      response.writeHead(204).end();
    });
  });
  const told =
    'echo "$0 $TAGSHIP_ENVIRONMENT $TAGSHIP_TAG $TAGSHIP_VERSION $TAGSHIP_PREVIOUS $TAGSHIP_OUTCOME $TAGSHIP_EXIT" >>told; pwd >>told';
  const at = (point: string) => `'sh -c ''${told}'' ${point}'`;
  const configure = (before: string) => {
    const hooks = `{ before: { deploy: ${before} }, after: { deploy: ${at('deployed')}, rollback: ${at('back')}, failure: ${at('failure')} } }`;
    const { port } = server.address() as { port: number };
    return app.write(
      'tagship.yaml',
      `notify: ["http://127.0.0.1:${port}/"]\n${app.configuration('production', `    hooks: ${hooks}\n`)}`,
    );
  };
  const run = (...args: string[]) =>
    runTagship(args, { cwd: app.path, env: { SSH_CONNECTION: '192.0.2.7 50000 192.0.2.1 22' } });
  const toldSoFar = async () => (await runProgram('cat', ['told'], { cwd: app.path })).stdout;

  beforeAll(async () => {
    if (host === undefined) return;
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    app = await DeployedApp.make(host, 'hooked', 8135);
    await configure('":"');
  });
  beforeEach(async () => {
    posted = [];
    await runProgram('rm', ['-f', 'told'], { cwd: app.path });
  });
  afterAll(() => {
    server.close();
    app?.dispose();
  });

  it('commands and web hooks are told of one that went well', async () => {
    await app.release('v0.1.0');
    await app.release('v0.2.0');
    expect((await run('deploy', 'production', 'v0.1.0')).exitCode).toBe(0);
    expect((await run('deploy', 'production')).exitCode).toBe(0);
    expect(await toldSoFar()).toBe(
      `deployed production v0.1.0 0.1.0  succeeded 0\n${app.path}\ndeployed production v0.2.0 0.2.0 v0.1.0 succeeded 0\n${app.path}\n`,
    );
    expect(posted.at(-1)).toMatchObject({
      event: 'deployed',
      environment: 'production',
      tag: 'v0.2.0',
      version: '0.2.0',
      exit: 0,
      hosts: [{ outcome: 'succeeded', serves: 'v0.2.0' }],
      text: 'v0.2.0 serves on production',
      content: 'v0.2.0 serves on production',
    });
  });

  it('and of one that did not, with what serves', async () => {
    await app.release('v0.3.0', 'crash');
    expect((await run('deploy', 'production')).exitCode).toBe(5);
    expect(await toldSoFar()).toBe(`failure production v0.3.0 0.3.0 v0.2.0 rolled_back 5\n${app.path}\n`);
    expect(posted).toMatchObject([
      {
        event: 'deploy-failed',
        outcome: 'rolled_back',
        exit: 5,
        hosts: [{ outcome: 'rolled_back', serves: 'v0.2.0' }],
      },
    ]);
    expect(posted[0]?.text).toMatch(/^v0\.3\.0 was not deployed to production \(by .+@.+\): v0\.2\.0 serves$/);
  });

  it('and of a rollback', async () => {
    expect((await run('rollback', 'production')).exitCode).toBe(0);
    expect(await toldSoFar()).toBe(`back production v0.1.0 0.1.0 v0.2.0 succeeded 0\n${app.path}\n`);
    expect(posted).toMatchObject([{ event: 'rolled-back', tag: 'v0.1.0', text: 'production is back at v0.1.0' }]);
  });

  it('a command before it that fails stops it before it has begun: exit 3', async () => {
    await configure("'echo frozen until Monday; exit 4'");
    const before = await app.onHost('wc -l <.git/tagship/history.jsonl');
    const { exitCode, stderr } = await run('deploy', 'production', 'v0.2.0');
    expect(stderr).toContain('frozen until Monday');
    expect(stderr).toContain('nothing has changed on any host');
    expect(exitCode).toBe(3);
    expect(await app.onHost('wc -l <.git/tagship/history.jsonl')).toBe(before);
    expect([await toldSoFar(), posted]).toEqual(['', []]);
  });

  it('history tells who asked for each run, and from where', async () => {
    const { stdout } = await run('history', 'production');
    const { stdout: json } = await run('history', 'production', '--json');
    expect(stdout).toMatch(/rollback +v0\.1\.0 +succeeded +\d+ s +\S+@\S+ from 192\.0\.2\.7\n/);
    expect(JSON.parse(json).hosts[0].runs[0]).toMatchObject({ kind: 'rollback', from: '192.0.2.7' });
  });
});
