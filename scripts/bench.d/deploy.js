// A deployment to one test Pi, by the guide's own commands, by `docker compose up -d --force-recreate`, by Capistrano and by
// tagship: what it costs those who use the app meanwhile. Then from afar: what it takes besides the work of docker.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { median, printTable, ratio } from './compare.js';
import { loadConstantly } from './constant-load.js';
import { contenders } from './deploy-contenders.js';
import { compareFromAfar } from './deploy-from-afar.js';
import { bootHost, installCapistrano, publishApp, TAGS, takeDownHost } from './deployed-host.js';

const ROUNDS = Number(process.env.ROUNDS ?? 7);
/** Milliseconds of load before and after a deployment. */
const BESIDE = 500;

export async function run() {
  const folder = mkdtempSync(join(tmpdir(), 'tagship-bench-'));
  installCapistrano();
  const host = bootHost();
  try {
    publishApp(host, folder);
    const all = contenders(host, folder);
    // Both releases once: whoever builds finds everything in the cache from then on.
    for (const { url, deploy } of all) for (const tag of TAGS) await deployed(url, deploy, tag);
    const results = new Map(all.map(({ name }) => [name, []]));
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const { name, url, deploy } of all) {
        results.get(name).push(await underLoad(url, deploy, TAGS[round % TAGS.length]));
      }
    }
    report(results);
    await compareFromAfar(host, folder, ROUNDS);
  } finally {
    takeDownHost();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function underLoad(url, deploy, tag) {
  const stop = loadConstantly(url);
  await pause(BESIDE);
  const start = performance.now();
  await deployed(url, deploy, tag);
  const took = performance.now() - start;
  await pause(BESIDE);
  return { ...(await stop()), took };
}

/** Only what then serves was deployed. */
async function deployed(url, deploy, tag) {
  await deploy(tag);
  const serving = (await (await fetch(url)).text()).trim();
  if (serving !== tag) throw new Error(`${url} serves ${serving}, not ${tag}`);
}

function report(results) {
  const names = [...results.keys()];
  const of = (name, what) => results.get(name).map((result) => result[what]);
  console.log(`medians of ${ROUNDS} interleaved rounds, a request every 10 ms`);
  printTable([
    ['', 'requests failed', 'longest gap', 'took'],
    ...names.map((name) => [
      name,
      String(median(of(name, 'failed'))),
      `${median(of(name, 'gap')).toFixed(0)} ms`,
      `${(median(of(name, 'took')) / 1000).toFixed(1)} s`,
    ]),
  ]);
  const gaps = new Map(names.map((name) => [name, of(name, 'gap')]));
  for (const name of names.slice(0, -1)) {
    console.log(`longest gap, tagship / ${name}: ${ratio(gaps, 'tagship', name).toFixed(2)}`);
  }
}
