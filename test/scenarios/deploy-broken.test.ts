import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BROKEN_RELEASES } from '../support/broken/broken-releases.ts';
import { downtimeOf } from '../support/broken/downtime.ts';
import { brokenReleasesPage, type Tried } from '../support/broken/page.ts';
import { DeployedApp } from '../support/deployed-app.ts';
import { bootLabHost, type LabHost, mustOnHost } from '../support/lab.ts';
import { watchAnswers } from '../support/watch-answers.ts';

/** SWEEP=all tries every one of them and writes what came of it to docs/broken-releases.md. */
const { SWEEP: wanted } = process.env;
const releases = BROKEN_RELEASES.map((release, index) => [release.name, `v0.${index + 2}.0`, release] as const).filter(
  ([, , { always }]) => always || wanted === 'all',
);
const host = await bootLabHost('deploy');

/** A host inside another may have no control group of its own for memory. */
const limitsMemory = async (at: LabHost) =>
  (await mustOnHost(at, "docker info --format '{{.MemoryLimit}}'")) === 'true';

describe.skipIf(host === undefined)('a release that does not come up', () => {
  let app: DeployedApp;
  const tried: Tried[] = [];

  beforeAll(async () => {
    if (host === undefined) return;
    app = await DeployedApp.make(host, 'broken', 8130);
    await app.release('v0.1.0');
    expect((await app.tagship('deploy', 'production')).exitCode).toBe(0);
  });
  afterAll(() => {
    app?.dispose();
    if (wanted === 'all' && tried.length === BROKEN_RELEASES.length)
      writeFileSync(new URL('../../docs/broken-releases.md', import.meta.url), brokenReleasesPage(tried));
  });

  it.each(releases)('%s: the old one serves in the end, and the reason is told', async (name, tag, release) => {
    if (host === undefined) return;
    if (name === 'out of memory' && !(await limitsMemory(host))) {
      console.warn(`SKIPPED: ${name}: the kernel of ${host.name} gives containers no memory limits`);
      return;
    }
    await release.release(app, tag, host);
    const watched = watchAnswers(app);
    const { exitCode, stdout, stderr } = await app.tagship('deploy', 'production', tag, '--json');
    const downtime = downtimeOf(await watched.stop(), 'v0.1.0');
    await release.mend?.(app);
    const [{ outcome, problem }] = JSON.parse(stdout).hosts;
    const { last } = (await app.status()) as { last: { failedStep: string } };
    const why: string[] = problem.why.split('\n');
    const reason = why.find((line) => line.includes(release.says)) ?? '';
    const told = [problem.what, ...(reason === '' ? [] : [reason.replace(/^[ -]+/, '')])]
      .join('. ')
      .replaceAll(host.registry, 'registry.example.com')
      .replaceAll(host.address, '192.168.1.100');
    tried.push({ release, outcome, step: last.failedStep, exit: exitCode, downtime, told });
    expect(stderr).toContain(release.says);
    expect(exitCode).toBe(release.exit);
    expect(await app.answer()).toBe('v0.1.0');
    expect(await app.status()).toMatchObject({ verdict: 'healthy', checkout: { tag: 'v0.1.0', edited: [] } });
    // Where nothing has changed nobody has noticed.
    if (release.exit === 3) expect(downtime).toEqual({ unanswered: 0, byAnother: 0 });
  });
});
