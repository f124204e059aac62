// The demo from its first line to its last: prepares, tells the story, tidies up whatever happens.
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Failure, interrupt, must, mustInSteps } from './run.js';
import { heading, say, tell } from './show.js';
import { setStage } from './stage.js';
import { tellStory } from './story.js';
import { leftovers, makeWorkspace, note, tidyUp } from './workspace.js';

const HOME = fileURLToPath(new URL('../..', import.meta.url));
const ENGINE = fileURLToPath(new URL('engine.sh', import.meta.url));

/** Returns the exit status. */
export async function demo({ keep }) {
  const began = performance.now();
  const elapsed = () => `${((performance.now() - began) / 1000).toFixed(1)} s`;
  const signals = catchSignals();
  const inherited = await clean({ kept: false });
  const workspace = makeWorkspace();
  let kept = false;
  try {
    await prepare(workspace, inherited);
    const stage = await setStage(workspace);
    tell(`prepared in ${elapsed()}`);
    const seen = await tellStory(stage);
    conclude(seen, elapsed());
    if (keep) explainKept(workspace, stage);
    kept = keep;
    return 0;
  } catch (error) {
    if (signals.received() !== undefined) return 130;
    if (!(error instanceof Failure)) throw error;
    process.stderr.write(`\nthe demo did not go as told: ${error.message}\n`);
    kept = keep;
    return 1;
  } finally {
    if (kept) note(workspace, { kept });
    else {
      tell(workspace.notes.engine === 'started' ? 'tidying up, and stopping the Docker engine' : 'tidying up');
      await tidyUp(workspace);
    }
  }
}

/**
 * Takes away what earlier demos left: killed ones, and with `kept` those that were kept. An engine that one of them had
 * started is handed on to the run that follows.
 */
export async function clean({ kept }) {
  let engine;
  for (const workspace of leftovers({ kept })) {
    tell(`tidying up what is left of an earlier demo: ${workspace.path}`);
    if (workspace.notes.engine === 'started' && !kept) {
      engine = 'started';
      workspace.notes.engine = undefined;
    }
    await tidyUp(workspace);
  }
  return engine;
}

async function prepare(workspace, inherited) {
  // What goes on and what went wrong; results are for the demo.
  const onText = (text, stream) => stream === 'stderr' && process.stderr.write(text);
  if (distIsStale()) {
    tell('building dist');
    await must(join(HOME, 'scripts/build'), [], { onText });
  }
  // What the script leaves lying about when it is ended goes with the workspace.
  const env = { ...process.env, TMPDIR: workspace.path };
  // Noted first: whatever comes in between, an engine that was not there before is stopped again.
  const before = await must(ENGINE, ['state'], { env });
  note(workspace, { engine: before === 'stopped' ? 'started' : inherited });
  await mustInSteps(ENGINE, ['up'], { env, onText });
  await must(ENGINE, ['image', workspace.id], { env, onText });
}

function distIsStale() {
  const built = join(HOME, 'dist/main.js');
  if (!existsSync(built)) return true;
  const time = statSync(built).mtimeMs;
  const sources = readdirSync(join(HOME, 'src'), { recursive: true }).map((name) => join(HOME, 'src', name));
  return [...sources, join(HOME, 'scripts/build'), join(HOME, 'package.json')].some(
    (path) => statSync(path).mtimeMs > time,
  );
}

function conclude({ shipped, reverted, away }, total) {
  heading('What you saw');
  say(`v0.2.0 was released, pushed and serving after ${shipped} s, by one command.`);
  say(
    `v0.3.0 did not become healthy and was taken back: after ${reverted} s v0.2.0 was proved healthy again (away for ${away} s).`,
  );
  say(`All of it on real git, SSH, Docker and HTTP, in ${total}.\n`);
}

function explainKept({ path }, stage) {
  heading('It is yours to play with');
  say(
    `export HOME=${stage.terminal.HOME} PATH=${join(path, 'bin')}:${join(stage.flutter, '..')}:$PATH; unset SSH_AUTH_SOCK`,
  );
  say(`cd ${stage.laptop}`);
  say(
    'tagship status production          # then edit web/index.html, commit, npm run release:minor, tagship rollback production',
  );
  say(`the app: http://127.0.0.1:${stage.port}/\n`);
  say(`When you are done, in another terminal: cd ${HOME} && npm run demo -- --clean\n`);
}

/** The first signal ends what runs and lets the demo tidy up; more of them change nothing. */
function catchSignals() {
  let received;
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(name, () => {
      const waiting = interrupt();
      if (received === undefined) tell(`\ninterrupted${waiting ? ', as soon as this step is done' : ''}`);
      received ??= name;
    });
  }
  // A terminal or pager that is gone is no reason to leave things behind.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
  return { received: () => received };
}
