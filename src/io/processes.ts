import { readFileSync } from 'node:fs';
import { readdir, readFile, readlink } from 'node:fs/promises';
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

const OWNER_VARIABLE = 'TAGSHIP_STARTED_BY';

/** Put into the environment of every git that is started, so that what outlives a killed tagship can be found. */
export function ownerEnvironment(): Readonly<Record<string, string>> {
  return { [OWNER_VARIABLE]: ownerMark(ownProcess()) };
}

const ownerMark = ({ pid, startTime }: ProcessId) => `${pid}.${startTime}`;

/** What `owner` started and still runs. Only Linux tells; elsewhere nothing is found. */
export async function orphansOf(owner: ProcessId): Promise<readonly number[]> {
  // What git leaves running for later (gpg-agent, a credential cache, a file monitor) is nobody's to wait for.
  const found = await eachProcess(async (pid) => (await isWorkingGit(pid)) && isOf(pid, owner));
  return found.filter((pid) => pid !== process.pid);
}

async function isOf(pid: number, owner: ProcessId): Promise<boolean> {
  const environment = await readFile(`/proc/${pid}/environ`, 'utf8');
  return environment.split('\0').includes(`${OWNER_VARIABLE}=${ownerMark(owner)}`);
}

/** Whether a git that is none of ours has one of these folders, or one below, for its working directory. Only Linux tells. */
export async function gitRunsIn(folders: readonly string[]): Promise<boolean> {
  const own = ownProcess();
  const found = await eachProcess(async (pid) => {
    // The one that reads objects for us waits for as long as we run.
    if (!(await isWorkingGit(pid)) || (await isOf(pid, own))) return false;
    const folder = await readlink(`/proc/${pid}/cwd`);
    return folders.some((wanted) => folder === wanted || folder.startsWith(`${wanted}/`));
  });
  return found.length > 0;
}

async function isWorkingGit(pid: number): Promise<boolean> {
  if (!/^git(-|$)/.test((await readFile(`/proc/${pid}/comm`, 'utf8')).trim())) return false;
  return !(await readFile(`/proc/${pid}/cmdline`, 'utf8')).includes('daemon');
}

/** Whether this system tells which processes run. */
export function processesAreKnown(): boolean {
  return readOrEmpty('/proc/self/stat') !== '';
}

/** Numbers of the processes for which `test` holds; those that end meanwhile, or belong to others, do not. */
async function eachProcess(test: (pid: number) => Promise<boolean>): Promise<readonly number[]> {
  const names = await readdir('/proc').catch(() => []);
  const pids = names.filter((name) => /^\d+$/.test(name)).map(Number);
  const held = await Promise.all(pids.map((pid) => test(pid).catch(() => false)));
  return pids.filter((_, index) => held[index]);
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
