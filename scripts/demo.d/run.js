// Runs programs for the demo, and ends the one that runs when the demo is interrupted.
import { spawn } from 'node:child_process';
import { send } from './processes.js';

/** Longer than any of them takes; nothing here may wait for ever. */
const DEADLINE = 5 * 60_000;
/** Between asking a program to end and ending it. */
const GRACE = 5_000;

const endable = new Set();
const patient = new Set();
let interrupted = false;

export class Failure extends Error {}

/**
 * Runs a program to its end, and ends it when the demo is interrupted. Both streams go to `onText(text, stream)` as they
 * come, and come back as `output`.
 */
export async function run(program, args, options) {
  return runIn(endable, program, args, options);
}

async function runIn(set, program, args, options) {
  refuseWhenInterrupted();
  const result = await start(program, args, options, (child) => {
    set.add(child);
    child.once('close', () => set.delete(child));
  });
  refuseWhenInterrupted();
  return result;
}

/** As {@link run}, for what must succeed: hands over its output. */
export async function must(program, args, options) {
  return outputOf(program, args, options, await run(program, args, options));
}

/** As {@link must}, for a script that installs packages: it is asked to end between two of its steps. */
export async function mustInSteps(program, args, options) {
  return outputOf(program, args, options, await runIn(patient, program, args, options));
}

/**
 * Runs a program whatever happens. In a process group of its own: Ctrl-C in the terminal reaches the demo alone, which
 * then ends its children in order.
 */
export function start(program, args, { cwd, env = process.env, onText = () => {} } = {}, onStart = () => {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    const timer = setTimeout(() => send(-child.pid, 'SIGKILL'), DEADLINE);
    let output = '';
    const heard = (stream) => (text) => {
      output += text;
      onText(text, stream);
    };
    onStart(child);
    child.stdout.setEncoding('utf8').on('data', heard('stdout'));
    child.stderr.setEncoding('utf8').on('data', heard('stderr'));
    child.once('error', reject);
    child.once('close', (code, signal) => {
      clearTimeout(timer);
      resolve({ code: code ?? signal, output });
    });
  });
}

/** Ends what runs now, and lets nothing new begin. Tells whether a step has to be waited for. */
export function interrupt() {
  interrupted = true;
  for (const child of patient) send(child.pid, 'SIGTERM');
  for (const child of endable) {
    send(-child.pid, 'SIGTERM');
    setTimeout(() => send(-child.pid, 'SIGKILL'), GRACE).unref();
  }
  return patient.size > 0;
}

function refuseWhenInterrupted() {
  if (interrupted) throw new Failure('interrupted');
}

function outputOf(program, args, options, { code, output }) {
  const unseen = options?.onText === undefined ? `\n${output}` : '';
  if (code !== 0) throw new Failure(`${program} ${args.join(' ')} ended with ${code}${unseen}`);
  return output.trim();
}
