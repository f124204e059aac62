// The throw-away folder of a demo, and everything that belongs to it. What it made, it takes away; so does the next run.
import { randomInt } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { endSession, identify, isAlive, send } from './processes.js';
import { start } from './run.js';

const PREFIX = 'tagship-demo-';
const ENGINE = fileURLToPath(new URL('engine.sh', import.meta.url));

/** Makes the folder and says at once whose it is, so that nothing can be left behind that nobody knows. */
export function makeWorkspace() {
  const id = Array.from({ length: 6 }, () => 'abcdefghijkmnpqrstuvwxyz23456789'[randomInt(32)]).join('');
  const path = mkdtempSync(join(realpathSync(tmpdir()), `${PREFIX}${id}-`));
  const workspace = { path, id, notes: { id, demo: identify(process.pid) } };
  for (const name of ['home', 'bin', 'pi']) mkdirSync(join(path, name));
  note(workspace, {});
  return workspace;
}

/** Remembers something that must be undone. */
export function note(workspace, facts) {
  Object.assign(workspace.notes, facts);
  writeFileSync(join(workspace.path, 'demo.json'), JSON.stringify(workspace.notes));
}

/** Workspaces of earlier runs whose demo is gone; those that were kept only when asked for. */
export function leftovers({ kept }) {
  return allWorkspaces().filter(({ notes }) => !isAlive(notes.demo) && (kept || !notes.kept));
}

/** The folder is everybody's: only what this user made is believed. */
function allWorkspaces() {
  const folder = realpathSync(tmpdir());
  return readdirSync(folder)
    .filter((name) => name.startsWith(PREFIX))
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).uid === process.getuid())
    .map((path) => ({ path, notes: readNotes(path) }))
    .filter(({ notes }) => notes !== undefined)
    .map(({ path, notes }) => ({ path, id: notes.id, notes }));
}

function readNotes(path) {
  try {
    return JSON.parse(readFileSync(join(path, 'demo.json'), 'utf8'));
  } catch {
    return undefined;
  }
}

/** Takes everything away: the Pi and what runs on it, containers, network, images, an engine we started, the folder. */
export async function tidyUp({ path, id, notes }) {
  if (isAlive(notes.pi)) send(notes.pi.pid, 'SIGTERM');
  for (const runner of runners(path)) endSession(runner);
  await removeFromDocker(id);
  if (notes.engine === 'started' && !otherDemosAtWork(path)) await start(ENGINE, ['down']);
  // A runner that was told to stop may still be writing.
  rmSync(path, { recursive: true, force: true, maxRetries: 50, retryDelay: 100 });
}

const otherDemosAtWork = (path) => allWorkspaces().some((other) => other.path !== path && isAlive(other.notes.demo));

/** A deployment that was under way goes on without its client, as it should on a Pi; here it must end. */
function runners(path) {
  const runs = join(path, 'pi/board/.git/tagship/runs');
  if (!existsSync(runs)) return [];
  return readdirSync(runs).flatMap((name) => {
    const file = join(runs, name, 'pid');
    const process = existsSync(file) ? identify(readFileSync(file, 'utf8').trim()) : undefined;
    return process !== undefined && commandLine(process.pid).includes(join(runs, name)) ? [process] : [];
  });
}

function commandLine(pid) {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}

async function removeFromDocker(id) {
  const project = `label=com.docker.compose.project=${PREFIX}${id}`;
  await removeAll(['ps', '-aq', '--filter', project], ['rm', '-f', '-v']);
  await removeAll(['network', 'ls', '-q', '--filter', project], ['network', 'rm']);
  await removeAll(['image', 'ls', '-q', '--filter', `label=tagship.demo=${id}`], ['image', 'rm', '-f']);
}

/** Twice, because what the engine was about to make when its client was ended may appear a moment later. */
async function removeAll(list, remove) {
  for (let round = 0; round < 2; round++) {
    const { code, output } = await start('docker', list).catch(() => ({ code: 1, output: '' }));
    const found = [...new Set(output.split('\n').filter((line) => line !== ''))];
    if (code !== 0 || found.length === 0) return;
    await start('docker', [...remove, ...found]);
  }
}
