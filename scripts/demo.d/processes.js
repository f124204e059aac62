// Processes by more than their number: a pid alone may be somebody else's tomorrow.
import { readdirSync, readFileSync } from 'node:fs';

/** What names a process for ever: its pid, when it started, and in which boot. Undefined when it is gone. */
export function identify(pid) {
  const fields = statOf(pid);
  return fields === undefined ? undefined : { pid: Number(pid), started: fields[19], boot: bootId() };
}

export function isAlive(process) {
  const now = process && identify(process.pid);
  return now !== undefined && now.started === process.started && now.boot === process.boot;
}

/** Ends a process and everything in its session, if it is still the one that was meant. */
export function endSession(process) {
  if (!isAlive(process)) return;
  for (const name of readdirSync('/proc')) {
    if (/^\d+$/.test(name) && statOf(name)?.[3] === String(process.pid)) send(Number(name), 'SIGKILL');
  }
}

export function send(pid, signal) {
  try {
    process.kill(pid, signal);
  } catch {
    // Already gone.
  }
}

/** Fields of /proc/PID/stat from the state on; the name before it may hold blanks. A zombie counts as gone. */
function statOf(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? undefined : fields;
  } catch {
    return undefined;
  }
}

const bootId = () => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
