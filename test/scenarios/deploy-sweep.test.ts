import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { giveUpWhenOver } from '../support/give-up-when-over.ts';
import { inParallel } from '../support/in-parallel.ts';
import { bootAtAnyTime } from '../support/lab.ts';
import { sayLeftOut } from '../support/left-out.ts';
import { EVERY_POSITION, hasChanged, nameOf, POSITIONS } from '../support/sweep/positions.ts';
import { STRIKES, type Strike } from '../support/sweep/strikes.ts';
import type { SweptApp } from '../support/sweep/swept-app.ts';
import { type Examined, SweptHost } from '../support/sweep/swept-host.ts';
import { secondsLeft } from '../support/time-left.ts';

/**
 * At each step of a deployment, of its undoing and of its way back: what strikes a host. Every case ends by itself with
 * exactly one release serving, with the history, `tagship status` and the client's exit status agreeing with what the app
 * answers, and with the next deployment free to go: the app's part in the next round. An app per position, so that one
 * strike hits all of them at once, each where it stands.
 *
 * The settling asks two things of the journal: was a change begun, and was the run recorded. So the positions that are
 * swept by default are those between which that answer, or what is half-done on the host, differs: before and behind the
 * first change, inside the steps that leave something half-done, and around the record. Of the other steps, which only
 * look, the first and the last stand for all. CI sweeps those; elsewhere it is asked for, because two cores are busy with it
 * for minutes: SWEEP=some those positions, SWEEP=all every step, before and behind it; any other value those of all positions
 * whose name holds it, e.g. `checkout inside`. Where the tests have to be over by some time (see time-left.ts), it is so
 * many of them as there is time for, from all over.
 */
const { SWEEP: wanted = process.env.CI === 'true' ? 'some' : undefined } = process.env;
if (wanted === undefined)
  console.warn('\n!!! deployments are struck at their steps in CI, and with SWEEP=some or SWEEP=all\n');
const positions =
  wanted === undefined || wanted === 'some'
    ? POSITIONS
    : EVERY_POSITION.filter(
        (position) => wanted === 'all' || wanted.split(',').some((name) => nameOf(position).includes(name)),
      );

// A few positions are struck whatever the time, but the counts must still be told within the 45 minutes.
giveUpWhenOver(-90);

const host = wanted === undefined ? undefined : await bootAtAnyTime('deploy-sweep');
/** Two cores, and much of a deployment is waiting. */
const AT_ONCE = 4;
/** How much longer than one deployment it takes to strike a position in every way, and to deploy to it between the strikes. */
const DEPLOYMENTS_EACH = 8;
const EXITS: Readonly<Record<string, number>> = { succeeded: 0, failed: 3, rolled_back: 5 };

describe.skipIf(host === undefined)('whatever strikes a host, and at whatever step of a deployment', () => {
  let swept: SweptHost;
  const counts: string[] = [];

  beforeAll(async () => {
    if (host === undefined) return;
    swept = await SweptHost.make(host, positions, STRIKES.length + 1);
    const began = Date.now();
    await inParallel(1, swept.apps.slice(0, 1), prepare);
    const took = (Date.now() - began) / 1000;
    // At least a few, whatever the time.
    const count = Math.max(3, Math.floor(secondsLeft() / (DEPLOYMENTS_EACH * took)));
    if (count < positions.length) {
      sayLeftOut(`a deployment is struck at ${count} of ${positions.length} positions`);
      await swept.limitTo(count);
    }
    await inParallel(AT_ONCE, swept.apps.slice(1), prepare);
  }, 900_000);
  afterAll(() => {
    console.log([`\n${counts.length} strikes, ${swept?.apps.length} positions each`, ...counts].join('\n'));
    swept?.dispose();
  });

  it.each(STRIKES.map((strike, index) => [strike.name, index + 1, strike] as const))(
    '%s: one release serves, and everybody knows which',
    { timeout: 900_000 },
    async (_name, round, strike) => {
      const before = await swept.examine();
      const standing = new Map<SweptApp, Awaited<ReturnType<SweptApp['deployToPosition']>>>();
      // Whose moment passes comes last, so that it is not over before all others stand.
      for (const isFleeting of [false, true]) {
        const apps = swept.apps.filter((app) => app.isFleeting === isFleeting);
        await inParallel(AT_ONCE, apps, async (app) => {
          standing.set(app, await app.deployToPosition(round));
        });
      }
      await strike.strike(swept);
      const ends = new Map<SweptApp, number | null>();
      for (const [app, { run }] of standing) ends.set(app, (await run.finished).exitCode);
      const after = await swept.examine();
      const found = new Map<string, readonly string[]>();
      await inParallel(AT_ONCE, swept.apps, async (app) => {
        const tag = standing.get(app)?.tag ?? '';
        const outcome = app.lastRecord()?.outcome ?? 'none';
        if (outcome === 'succeeded') app.serves = tag;
        const problems = [
          ...(await judge(app, strike, tag)),
          ...judgeData(app, before[app.name], after[app.name]),
          ...(ends.get(app) === EXITS[outcome]
            ? []
            : [`the client ended with ${ends.get(app)}, the run as ${outcome}`]),
        ];
        if (problems.length > 0) found.set(nameOf(app.position), problems);
      });
      counts.push(`  ${strike.name}: ${swept.apps.length - found.size} of ${swept.apps.length} ended well`);
      expect(Object.fromEntries(found)).toEqual({});
    },
  );

  it('and once more, nothing is in the way of the next deployment', { timeout: 900_000 }, async () => {
    await inParallel(AT_ONCE, swept.apps, async (app) => {
      const tag = `v1.${STRIKES.length + 1}.0`;
      const { exitCode, stderr } = await app.tagship('deploy', 'production', tag);
      expect(stderr).toContain(`${tag} serves`);
      expect(exitCode).toBe(0);
    });
  });
});

async function prepare(app: SweptApp): Promise<void> {
  for (const command of [
    ['deploy', 'production', 'v0.1.0'],
    ['host', 'prepare', 'production'],
  ]) {
    const { exitCode, stderr } = await app.tagship(...command);
    if (exitCode !== 0) throw new Error(`${command.join(' ')}: ${stderr}`);
  }
}

/** What is wrong with how the run of an app ended, and with what is told of it. */
async function judge(app: SweptApp, strike: Strike, tag: string): Promise<readonly string[]> {
  const { position } = app;
  const record = app.lastRecord();
  const { stdout, stderr } = await app.tagship('status', 'production', '--json');
  const status = stdout === '' ? { verdict: stderr } : JSON.parse(stdout).hosts[0];
  const outcome = record?.outcome ?? 'none';
  const isKilled = strike.settledBy !== undefined;
  const facts: readonly (readonly [string, unknown, unknown])[] = [
    ['the run that ended last', record?.tag, tag],
    ['a way to end', strike.outcomes(position).includes(outcome) || outcome, true],
    ['the journal', app.lastOutcome(), outcome],
    ['the answer', await app.answer(), app.serves],
    ['the verdict', status.verdict, 'healthy'],
    ['deployed, by status', status.deployed?.tag, app.serves],
    ['checked out, by status', status.checkout?.tag, app.serves],
    ['the edits, by status', status.checkout?.edited?.join(), ''],
    ['the differences, by status', status.differences?.join(), ''],
    ['the open run, by status', status.run, undefined],
    ['where it was interrupted', isKilled ? record?.interruptedAt : undefined, isKilled ? position.step : undefined],
    ['who settled it', isKilled ? record?.settledBy : undefined, strike.settledBy],
    ['whether a way back was gone', outcome === 'failed', outcome === 'failed' && !hasChanged(position)],
  ];
  return facts.flatMap(([what, is, wanted]) => (is === wanted ? [] : [`${what}: ${is}, wanted ${wanted}`]));
}

/** What is wrong with its data, and with who writes to it. */
function judgeData(app: SweptApp, before: Examined | undefined, after: Examined | undefined): readonly string[] {
  if (before === undefined || after === undefined) return ['it was not examined'];
  const facts: readonly (readonly [string, unknown, unknown])[] = [
    ['SQLite', after.integrity, 'ok'],
    ['rows that were lost', after.rowsLost, 0],
    ['rows since', after.rows > before.rows, true],
    ['broken lines', after.brokenLines.join(), ''],
    ['writing', after.writing.join(), app.serves],
    ['containers', after.containers.join(), `${app.name}-web-1 running`],
  ];
  return facts.flatMap(([what, is, wanted]) => (is === wanted ? [] : [`${what}: ${is}, wanted ${wanted}`]));
}
