import { lab, mustOnHost } from '../lab.ts';
import { hasChanged, type Position } from './positions.ts';
import type { SweptApp } from './swept-app.ts';
import type { SweptHost } from './swept-host.ts';

/** Something bad that happens to all apps of a host at once, each at its own position. */
export interface Strike {
  readonly name: string;
  /** Who ends the runs: their own runner, or who settles them. */
  readonly settledBy?: 'watcher' | 'boot';
  /** How a run may end. */
  readonly outcomes: (position: Position) => readonly string[];
  readonly strike: (swept: SweptHost) => Promise<void>;
}

const goBack = (position: Position) => [hasChanged(position) ? 'rolled_back' : 'failed'];

/** As if nothing had happened. */
const goOn = ({ list }: Position) => [{ forward: 'succeeded', undo: 'failed', revert: 'rolled_back' }[list]];

/** A step that an engine died under may fail, or be through already. */
const eitherWay = (position: Position) => [...new Set([...goBack(position), ...goOn(position)])];

const pids = ({ apps }: SweptHost) => apps.map((app) => app.runner()).join(' ');
const letAllGo = ({ apps }: SweptHost) => apps.map((app: SweptApp) => app.letGo());

export const STRIKES: readonly Strike[] = [
  {
    name: 'kill -9 of the session',
    settledBy: 'watcher',
    outcomes: goBack,
    strike: async (swept) => {
      await mustOnHost(swept.host, `for runner in ${pids(swept)}; do pkill -KILL -s "$runner"; done`);
      letAllGo(swept);
    },
  },
  {
    name: 'kill -9 of the runner',
    settledBy: 'watcher',
    outcomes: goBack,
    strike: async (swept) => {
      await mustOnHost(swept.host, `kill -KILL ${pids(swept)}`);
      letAllGo(swept);
    },
  },
  {
    name: 'a cut link',
    outcomes: goOn,
    strike: async (swept) => {
      await lab('link', swept.host.name, 'down');
      letAllGo(swept);
      await swept.allClosed();
      await lab('link', swept.host.name, 'up');
    },
  },
  {
    name: 'kill -9 of the engine',
    outcomes: eitherWay,
    strike: async (swept) => {
      await mustOnHost(swept.host, 'sudo kill -KILL "$(cat /run/docker.pid)"');
      letAllGo(swept);
    },
  },
  {
    name: 'a power cut',
    settledBy: 'boot',
    outcomes: goBack,
    strike: async (swept) => {
      await lab('cut', swept.host.name);
      const { exitCode, stderr } = await lab('up', swept.host.name);
      if (exitCode !== 0) throw new Error(stderr);
      letAllGo(swept);
    },
  },
];
