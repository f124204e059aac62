// Runs contenders in turn, round after round, so that a slow moment of the machine falls on all of them alike.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';

// Where set, it adds 70 ms to every start of node and says nothing about the contenders.
const { NODE_EXTRA_CA_CERTS: _, ...environment } = process.env;

export { environment };

/**
 * @param {readonly { name: string, prepare?: () => void, run: () => void }[]} contenders only `run` is timed
 * @returns milliseconds of every round by name
 */
export function interleave(contenders, rounds) {
  const times = new Map(contenders.map(({ name }) => [name, []]));
  for (let round = -1; round < rounds; round += 1) {
    for (const { name, prepare, run } of contenders) {
      prepare?.();
      const start = performance.now();
      run();
      // The first round warms caches and is not counted.
      if (round >= 0) times.get(name).push(performance.now() - start);
    }
  }
  return times;
}

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

/** How many times the second's time the first takes: the median over the rounds, in which both met the same load. */
export function ratio(times, name, other) {
  return median(times.get(name).map((time, round) => time / times.get(other)[round]));
}

/** Runs a command that must succeed. */
export function must(command, args, options) {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8', env: environment, ...options });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${status}\n${stdout}\n${stderr}`);
  return stdout;
}

/** As {@link must}, while this process goes on with something else; `env` is added to the environment. */
export async function finish(command, args, { env, ...options }) {
  const all = { ...environment, ...env };
  const child = spawn(command, args, { ...options, env: all, stdio: ['ignore', 'pipe', 'pipe'] });
  let [out, err] = ['', ''];
  child.stdout.on('data', (text) => (out += text));
  child.stderr.on('data', (text) => (err += text));
  const [status] = await once(child, 'close');
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${status}\n${out}\n${err}`);
  return out;
}

export function printTable(rows) {
  const widths = rows[0].map((_cell, column) => Math.max(...rows.map((row) => row[column].length)));
  for (const row of rows)
    console.log(
      row
        .map((cell, column) => cell.padEnd(widths[column]))
        .join('  ')
        .trimEnd(),
    );
}
