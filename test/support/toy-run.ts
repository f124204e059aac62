import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { RunEvent } from '../../src/core/events.ts';
import { carryOut, type RunResult } from '../../src/deploy/act.ts';
import type { DeployPlan, HostStep } from '../../src/deploy/plan-shape.ts';
import { parseHistory, parseJournal } from '../../src/deploy/run.ts';
import { runFolder } from '../../src/deploy/upload.ts';
import { askUrl } from '../../src/io/ask-url.ts';
import { openLocalHost } from '../../src/io/local-host.ts';
import type { Host } from '../../src/io/ports.ts';

/** A folder in which the real runner carries out plans of toy steps, through the same upload and follow as a deployment. */
export class ToyHost {
  readonly folder: string;
  readonly state: string;
  readonly host: Host;
  private runs = 0;

  constructor(environment: NodeJS.ProcessEnv = process.env, name = 'tagship-runner-') {
    this.folder = realpathSync(mkdtempSync(join(tmpdir(), name)));
    this.state = join(this.folder, 'state');
    this.host = openLocalHost(environment);
    mkdirSync(this.state);
    // A runner that nobody follows any more may still write.
    onTestFinished(() => rm(this.folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 }));
  }

  plan(lists: { forward: readonly HostStep[]; undo?: readonly HostStep[]; revert?: readonly HostStep[] }): DeployPlan {
    this.runs += 1;
    const run = `run-${this.runs}`;
    const previous = { commit: 'b'.repeat(40), tag: 'v0.1.0', serving: true, images: [] };
    return {
      schema: 1,
      kind: 'deploy',
      id: run,
      title: 'a toy',
      createdAt: '2026-01-01T00:00:00.000Z',
      steps: [],
      warnings: [],
      details: {
        host: 'local',
        path: this.folder,
        state: this.state,
        compose: { program: 'docker compose', files: ['docker-compose.yml'] },
        launch: 'setsid',
        about: {
          schema: 1,
          run,
          kind: 'deploy',
          environment: 'test',
          tag: 'v0.2.0',
          commit: 'a'.repeat(40),
          who: `O'Neill "the tester" <o'neill@example.com>`,
          tagship: '0.0.0',
          previous,
        },
        versions: { new: '0.2.0', previous: '0.1.0' },
        undo: [],
        revert: [],
        ...lists,
      },
    };
  }

  async carryOut(plan: DeployPlan, signal = new AbortController().signal): Promise<RunResult & { events: RunEvent[] }> {
    const events: RunEvent[] = [];
    const result = await carryOut(plan, this.host, {
      report: (event) => events.push(event),
      signal,
      patience: 1_000,
      ask: askUrl,
    });
    return { ...result, events };
  }

  read(name: string): string {
    return readFileSync(join(this.folder, name), 'utf8');
  }

  write(name: string, content: string): void {
    writeFileSync(join(this.folder, name), content);
  }

  history() {
    return parseHistory(this.read('state/history.jsonl'));
  }

  journal() {
    return parseJournal(this.read('state/journal.jsonl'));
  }

  runnerOf(plan: DeployPlan): number {
    return Number(readFileSync(join(runFolder(plan), 'pid'), 'utf8'));
  }

  /**
   * Kills the runner and whatever it has started, but for the watcher, which is in a session of its own. Stopped first: a
   * runner that dies after its step would go on for a moment.
   */
  killSession(plan: DeployPlan): void {
    for (const signal of ['-STOP', '-KILL']) spawnSync('pkill', [signal, '-s', String(this.runnerOf(plan))]);
  }

  /** Kills the watcher of a run, which has a group of its own. */
  killWatcher(plan: DeployPlan): void {
    process.kill(-Number(readFileSync(join(runFolder(plan), 'watcher'), 'utf8')), 'SIGKILL');
  }

  /** Whether the watcher has begun, and its number is there to be read. */
  isWatched(plan: DeployPlan): boolean {
    const file = join(runFolder(plan), 'watcher');
    return existsSync(file) && readFileSync(file, 'utf8').endsWith('\n');
  }

  /** Asked as a look does it: a watcher may have the lock as well, for a moment after the run. */
  isFree(): boolean {
    return spawnSync('flock', ['-s', '-n', join(this.state, 'lock'), 'true']).status === 0;
  }

  has(file: string): boolean {
    return existsSync(join(this.folder, file));
  }
}

/** A step that runs a line of shell in the toy host's folder. One that is held there has time on a slow machine. */
export function toyStep(id: string, kind: HostStep['kind'], script: string, seconds = 60): HostStep {
  return { id, title: `toy ${id}`, kind, seconds, release: 'new', call: ['eval', script] };
}
