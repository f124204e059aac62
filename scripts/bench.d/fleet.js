// A deployment to 10 and to 100 hosts that all change at the same time, each with 5 s of work of its own: how long whoever
// leads them takes, and how much memory. The hosts are real SSH servers that do no work on this machine.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { environment, median, printTable } from './compare.js';

const TAGSHIP = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
const HOSTS = fileURLToPath(new URL('./embedded-hosts.js', import.meta.url));
const COUNTS = [10, 100];
const WORK_SECONDS = 5;
const ROUNDS = Number(process.env.ROUNDS ?? 3);

export async function run() {
  const folder = mkdtempSync(join(tmpdir(), 'tagship-fleet-'));
  const servers = spawn(process.execPath, [HOSTS, String(Math.max(...COUNTS)), String(WORK_SECONDS), folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: environment,
  });
  try {
    const [line] = await once(servers.stdout, 'data');
    const ports = JSON.parse(String(line));
    const results = new Map(COUNTS.map((count) => [count, []]));
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const count of COUNTS) results.get(count).push(await deploy(folder, ports.slice(0, count)));
    }
    report(results);
  } finally {
    servers.kill();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function deploy(folder, ports) {
  const hosts = ports.map((port) => `pi@127.0.0.1:${port}`).join(', ');
  writeFileSync(
    join(folder, 'tagship.yaml'),
    `environments:
  production:
    hosts: [${hosts}]
    path: /opt/app
    parallel: all
    ssh: { identity: ${join(folder, 'identity')}, knownHosts: ${join(folder, 'known_hosts')} }
`,
  );
  const start = performance.now();
  const child = spawn(process.execPath, [TAGSHIP, 'deploy', 'production', '--yes', '--json'], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: environment,
  });
  let [out, err, megabytes] = ['', '', 0];
  child.stdout.on('data', (text) => (out += text));
  child.stderr.on('data', (text) => (err += text));
  const looking = setInterval(() => (megabytes = peakOf(child.pid) ?? megabytes), 100);
  const [exitCode] = await once(child, 'close');
  clearInterval(looking);
  const { outcome } = JSON.parse(out || '{}');
  if (exitCode !== 0 || outcome !== 'succeeded') throw new Error(`exit ${exitCode}: ${err}`);
  return { seconds: (performance.now() - start) / 1000, megabytes };
}

/** The most memory a process ever had at once. */
function peakOf(pid) {
  try {
    const [, kilobytes] = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return kilobytes === undefined ? undefined : Number(kilobytes) / 1024;
  } catch {
    return undefined;
  }
}

function report(results) {
  const of = (count, what) => results.get(count).map((result) => result[what]);
  console.log(`medians of ${ROUNDS} interleaved rounds, ${WORK_SECONDS} s of work on each host`);
  printTable([
    ['hosts', 'seconds', 'peak memory'],
    ...COUNTS.map((count) => [
      String(count),
      median(of(count, 'seconds')).toFixed(1),
      `${median(of(count, 'megabytes')).toFixed(0)} MB`,
    ]),
  ]);
  const [few, many] = COUNTS;
  const ratios = of(many, 'seconds').map((seconds, round) => seconds / of(few, 'seconds')[round]);
  console.log(`${many} / ${few} hosts: ${median(ratios).toFixed(2)} times as long`);
}
