import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished } from 'vitest';
import type { AppRepository } from './app-repository.ts';

const STAND_IN = fileURLToPath(new URL('../../scripts/stand-ins/github-api', import.meta.url));

/** What lets tagship in at the stand-in. */
export const GITHUB_ENV = { GITHUB_TOKEN: 'stand-in-token', GH_TOKEN: undefined };

export interface GitHubState {
  readonly pulls: readonly { number: number; state: string; branch: string; base: string; mergedAt: string | null }[];
  readonly releases: readonly {
    tag: string;
    body: string;
    draft: boolean;
    prerelease: boolean;
    assets: readonly { name: string; size: number; state: string }[];
  }[];
  readonly requests: readonly string[];
  readonly violations: readonly string[];
}

/** The stand-in for GitHub, over an app's bare remote. */
export class GitHub {
  private constructor(readonly url: string) {}

  /**
   * Starts one for the test at hand, and holds at its end that every request and answer was as GitHub describes them.
   */
  static async serve(origin: string): Promise<GitHub> {
    const child = spawn(process.execPath, [STAND_IN, origin, 'owner/app'], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    const github = new GitHub(line.toString().trim());
    onTestFinished(async () => {
      const { violations } = await github.state();
      child.kill();
      expect(violations).toEqual([]);
    });
    return github;
  }

  /** The app's releases go to it. @param more of the configuration, as YAML in flow style, without braces */
  async configure(app: AppRepository, more: { github?: string; release?: string } = {}): Promise<void> {
    const github = [`api: "${this.url}"`, 'repository: owner/app', ...(more.github === undefined ? [] : [more.github])];
    const lines = [
      `github: { ${github.join(', ')} }`,
      ...(more.release === undefined ? [] : [`release: { ${more.release} }`]),
    ];
    await app.write('tagship.yaml', `${lines.join('\n')}\n`);
  }

  merge(number: number, method: 'merge' | 'squash' | 'rebase' = 'merge'): Promise<unknown> {
    return this.ask('merge', { number, method });
  }

  close(number: number): Promise<unknown> {
    return this.ask('close', { number });
  }

  /** @param how a status, or a way that the stand-in names in people.js */
  fail(request: string, how: number | string, { times = 1, skip = 0 } = {}): Promise<unknown> {
    return this.ask('fail', { request, how, times, skip });
  }

  mend(): Promise<unknown> {
    return this.ask('mend', {});
  }

  async state(): Promise<GitHubState> {
    return (await this.ask('state')) as GitHubState;
  }

  private async ask(action: string, body?: object): Promise<unknown> {
    const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
    const response = await fetch(`${this.url}/_stand-in/${action}`, body === undefined ? {} : init);
    return response.json();
  }
}
