// The story: a release ships by its tag; the next one does not come up, and takes itself back.
import { basename } from 'node:path';
import { check, heading, say, tell, type } from './show.js';
import { develop } from './stage.js';
import { watch } from './watch.js';

const RELEASE = 'npm run release:minor -- --yes';

export async function tellStory(stage) {
  const laptop = { cwd: stage.laptop, env: stage.terminal };
  const url = `http://127.0.0.1:${stage.port}/`;
  const commit = (message) => type(`git add -A && git commit -q -m "${message}"`, laptop);

  heading('The stage');
  introduce(stage);
  await type('cat tagship.yaml', laptop);
  await type(`tagship -C ../${basename(stage.origin)} hook post-receive --install`, laptop);

  heading('Act 1: push a tag, and it ships');
  develop(stage, 'title');
  await commit('feat: call the board by its full name');
  const shipped = await seconds(async () => {
    const output = await type(RELEASE, laptop);
    check(/remote: .*v0\.2\.0/m.test(output), 'the push should have told how v0.2.0 was deployed');
  });
  await expectServing(url, 'v0.2.0', laptop);
  await type('git log --graph --oneline main develop', laptop);

  heading('Act 2: a release that does not come up takes itself back');
  tell('On the laptop everything is fine: analysis and tests pass. In production a key is missing.\n');
  develop(stage, 'totals');
  await commit('feat: show totals');
  const watched = watch(url);
  const reverted = await seconds(async () => {
    const output = await type(RELEASE, laptop);
    check(/remote: .*GRIST_API_KEY is not set/m.test(output), 'the log of the failed container should have been shown');
  });
  const away = await watched.stop();
  await expectServing(url, 'v0.2.0', laptop);

  heading('What production has to say');
  const status = await type('tagship status production', laptop);
  check(status.includes('v0.2.0'), 'tagship status should name v0.2.0');
  const history = await type('tagship history production', laptop);
  check(/v0\.3\.0.*rolled.back/.test(history), 'the history should tell that v0.3.0 was rolled back');
  return { shipped, reverted, away };
}

function introduce({ flutter, laptop, origin, pi }) {
  const standIn = flutter.includes('/stand-ins/');
  say(`the app       ${laptop}`);
  say(`its origin    ${origin}, a bare repository`);
  say(`the Pi        ${pi}: this machine, reached over SSH with a key and a verified host key`);
  say(`Flutter       ${standIn ? `a stand-in (${flutter}), as there is none on PATH` : flutter}\n`);
}

/** Curl for the eyes; the demo believes it only when the page names the release. */
async function expectServing(url, tag, laptop) {
  const page = await type(`curl -s ${url}`, laptop);
  check(page.includes(`release ${tag}`), `${url} should be served by ${tag}`);
}

async function seconds(act) {
  const began = performance.now();
  await act();
  return ((performance.now() - began) / 1000).toFixed(1);
}
