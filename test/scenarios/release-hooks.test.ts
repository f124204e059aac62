import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { AppRepository } from '../support/app-repository.ts';

it("the user's own commands run at their points, with the release in their environment", async () => {
  const app = await AppRepository.make();
  const log = join(app.folder, 'log');
  const note = (name: string) => `echo "${name} $TAGSHIP_TAG $(git tag)" >> ${log}`;
  const lines = ['before: { gates: GB, refs: RB, push: PB }', 'after: { gates: GA, refs: RA, push: PA }'].join(', ');
  const config = lines.replace(/\b([GRP][AB])\b/g, (name) => JSON.stringify(note(name)));
  await app.write('tagship.yaml', `checks: { analyze: "true", test: "true" }\nrelease: { hooks: { ${config} } }\n`);
  expect(await app.tagship(['release', 'minor', '--yes'])).toMatchObject({ exitCode: 0 });
  const expected = [
    'GB v0.2.0 ',
    'GA v0.2.0 ',
    'RB v0.2.0 ',
    'RA v0.2.0 v0.2.0',
    'PB v0.2.0 v0.2.0',
    'PA v0.2.0 v0.2.0',
  ];
  expect(readFileSync(log, 'utf8').trimEnd().split('\n')).toEqual(expected);
});

it.each([
  ['before', 'refs', 3, false],
  ['before', 'push', 4, false],
  ['after', 'push', 0, true],
])('one that fails %s %s ends with %i', async (when, step, exitCode, published) => {
  const app = await AppRepository.make();
  await app.write('tagship.yaml', `release: { hooks: { ${when}: { ${step}: "echo no; exit 9" } } }\n`);
  const run = await app.tagship(['release', 'minor', '--yes', '--no-checks']);
  expect(run.exitCode).toBe(exitCode);
  expect(run.stderr).toContain('status 9');
  expect('refs/tags/v0.2.0' in (await app.refs('origin'))).toBe(published);
  if (exitCode === 3) expect((await app.tagship(['release', 'status'])).stdout).toContain('no release is under way');
});

it('a release that is taken up runs the commands it was planned with', async () => {
  const app = await AppRepository.make();
  const log = join(app.folder, 'log');
  const config = (word: string) => `release: { hooks: { after: { push: "echo ${word} >> ${log}" } } }\n`;
  await app.write('tagship.yaml', config('planned'));
  await app.hook('origin', 'pre-receive', 'exit 1');
  expect(await app.tagship(['release', 'minor', '--yes', '--no-checks'])).toMatchObject({ exitCode: 4 });
  await app.write('tagship.yaml', config('changed'));
  await app.hook('origin', 'pre-receive', 'exit 0');
  expect(await app.tagship(['release', 'continue'])).toMatchObject({ exitCode: 0 });
  expect(readFileSync(log, 'utf8')).toBe('planned\n');
});

it('web hooks are told, and one that cannot be told is a warning without its secret', async () => {
  const bodies: string[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += chunk));
    request.on('end', () => {
      bodies.push(`${request.method} ${request.url} ${body}`);
      response.writeHead(request.url === '/token-1' ? 204 : 403).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const app = await AppRepository.make();
  await app.write(
    'tagship.yaml',
    `notify: ["env:HOOK", "http://127.0.0.1:${port}/token-2", "http://127.0.0.1:1/token-3", "env:NONE"]\n`,
  );
  const env = { HOOK: `http://127.0.0.1:${port}/token-1` };
  const run = await app.tagship(['release', 'minor', '--yes', '--no-checks'], env);

  expect(run.exitCode).toBe(0);
  const told = bodies.find((body) => body.startsWith('POST /token-1 '));
  expect(JSON.parse(told?.slice('POST /token-1 '.length) ?? '')).toMatchObject({
    event: 'released',
    tag: 'v0.2.0',
    version: '0.2.0',
  });
  expect(run.stderr).toContain(`not notified: 127.0.0.1:${port} answered 403`);
  expect(run.stderr).toContain('NONE is not an address');
  expect(run.stderr).not.toMatch(/token-/);
});
