import { readFileSync } from 'node:fs';
import type { ProcessId } from '../core/journal.ts';

/** This process, told apart from a later one with the same number. */
export function ownProcess(): ProcessId {
  return { pid: process.pid, startTime: startTimeOf(process.pid), bootId: bootId() };
}

/** Whether exactly that process still runs. Where the kernel tells no start times, a process with its number counts. */
export function isAlive(id: ProcessId): boolean {
  if (id.bootId !== bootId()) return false;
  try {
    process.kill(id.pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  return id.startTime === startTimeOf(id.pid);
}

/** Field 22 of /proc/PID/stat (proc(5)), counted after the command name, which may hold blanks and parentheses. */
function startTimeOf(pid: number): string {
  const stat = readOrEmpty(`/proc/${pid}/stat`);
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
}

function bootId(): string {
  return readOrEmpty('/proc/sys/kernel/random/boot_id').trim();
}

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
