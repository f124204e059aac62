// A deployment over a link of 50 ms there and back: tagship, and a script that calls `ssh` once per command of the guide. What
// is compared is what is left of the time without docker's own, which is noted on the host for both alike. That tagship then
// watches the release until it has proved itself is told apart: the script looks once.
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { finish, median, printTable, ratio } from './compare.js';
import { guideCommands, PORTS, tagshipFrom } from './deploy-contenders.js';
import { folderOf, onHost, sshOptions, TAGS } from './deployed-host.js';
import { openSlowLink } from './slow-link.js';

const ROUND_TRIP = 50;

/** Comes before docker on the host, and notes when it was called and when it was done, in hundredths of a second since boot. */
const NOTES = '/var/tmp/docker-calls';
const WRAPPER = `#!/bin/sh
read -r began _ </proc/uptime
/usr/bin/docker "$@"
status=$?
read -r ended _ </proc/uptime
echo "$began $ended" >>${NOTES}
exit $status
`;

export async function compareFromAfar(host, folder, rounds) {
  const link = await openSlowLink(host, ROUND_TRIP / 2);
  const wrapper = join(host.root, 'usr/local/bin/docker');
  writeFileSync(wrapper, WRAPPER);
  chmodSync(wrapper, 0o755);
  try {
    const at = { ...host, address: '127.0.0.1', port: link.port, knownHosts: join(folder, 'known_hosts') };
    writeFileSync(at.knownHosts, readFileSync(host.knownHosts, 'utf8').replace(/^\S+/gm, `[127.0.0.1]:${link.port}`));
    mkdirSync(join(folder, 'afar'));
    const contenders = [
      { name: 'ssh once per command', deploy: sshPerCommand(at), proof: () => undefined },
      { name: 'tagship', deploy: tagshipFrom(join(folder, 'afar'), at), proof: () => lastProof(host) },
    ];
    report(await measure(host, contenders, rounds), rounds);
  } finally {
    rmSync(wrapper);
    link.close();
  }
}

/** The guide's commands, and its look at the health. */
function sshPerCommand(at) {
  const look = `curl --fail --silent --show-error http://127.0.0.1:${PORTS.guide}/health`;
  return async (tag) => {
    for (const command of [...guideCommands(tag), look]) {
      await finish('ssh', [...sshOptions(at, at), `cd ${folderOf('guide')} && ${command}`], {});
    }
  };
}

async function measure(host, contenders, rounds) {
  const results = new Map(contenders.map(({ name }) => [name, []]));
  // The first round is not counted.
  for (let round = -1; round < rounds; round += 1) {
    for (const { name, deploy, proof } of contenders) {
      onHost(host, `rm -f ${NOTES}`);
      const start = performance.now();
      await deploy(TAGS[(round + 1) % TAGS.length]);
      const took = performance.now() - start;
      if (round >= 0) results.get(name).push(partsOf(took, callsOn(host), proof()));
    }
  }
  return results;
}

/** Milliseconds since boot. */
function callsOn(host) {
  const lines = onHost(host, `cat ${NOTES}`).split('\n');
  return lines.map((line) => line.split(' ').map((seconds) => Number(seconds) * 1000));
}

/** When the last run began to have its release prove itself, in milliseconds since boot, and for how long. */
function lastProof(host) {
  const said = onHost(
    host,
    `cd "$(ls -dt ${folderOf('tagship')}/.git/tagship/runs/* | head -n 1)"
    cat started-at
    sed -nE 's/^= .*"type":"ended".*"step":"(containers|http)".*"milliseconds":([0-9]+).*/\\2/p' log`,
  );
  const [began, ...steps] = said.split('\n').map(Number);
  return { began: began * 10, took: steps.reduce((sum, time) => sum + time, 0) };
}

function partsOf(took, calls, proof = { began: Number.POSITIVE_INFINITY, took: 0 }) {
  const outside = calls.filter(([began]) => began < proof.began || began >= proof.began + proof.took);
  const docker = covered(outside);
  return { took, docker, proof: proof.took, rest: took - docker - proof.took };
}

/** How long at least one of them lasted. */
function covered(calls) {
  let [sum, until] = [0, 0];
  for (const [began, ended] of calls.toSorted(([one], [other]) => one - other)) {
    sum += Math.max(0, ended - Math.max(began, until));
    until = Math.max(until, ended);
  }
  return sum;
}

function report(results, rounds) {
  console.log(`\nover a link of ${ROUND_TRIP} ms there and back, medians of ${rounds} interleaved rounds`);
  const parts = ['took', 'docker', 'proof', 'rest'];
  printTable([
    ['', 'took', 'docker', 'proof of the release', 'everything else'],
    ...[...results].map(([name, rows]) => [
      name,
      ...parts.map((part) => `${(median(rows.map((row) => row[part])) / 1000).toFixed(2)} s`),
    ]),
  ]);
  const rest = new Map([...results].map(([name, rows]) => [name, rows.map((row) => row.rest)]));
  const [script, ours] = results.keys();
  console.log(`everything else, ${ours} / ${script}: ${ratio(rest, ours, script).toFixed(2)}`);
}
