import { Octokit } from '@octokit/rest';
import * as z from 'zod';
import { EXIT, Problem } from '../core/problem.ts';
import { Secret } from '../core/secret.ts';
import { askGitHub, unreadable } from './github-request.ts';
import type { GitHub, GitHubAddress, PullRequest } from './ports.ts';

/** An address as it may be shown: nothing in it can drive a terminal. */
const shownUrl = z.url({ protocol: /^https?$/ }).transform((url) => new URL(url).href);
const commitId = z.string().regex(/^[0-9a-f]{40,64}$/);

const pullRequest = z
  .object({
    number: z.int().positive(),
    html_url: shownUrl,
    state: z.enum(['open', 'closed']),
    merged_at: z.string().nullable(),
    merge_commit_sha: commitId.nullable(),
    head: z.object({ sha: commitId }),
    body: z.string().nullable(),
  })
  .transform(
    ({ number, html_url, state, merged_at, merge_commit_sha, head, body }): PullRequest => ({
      number,
      url: html_url,
      state: merged_at === null ? state : 'merged',
      head: head.sha,
      body: body ?? '',
      // Before the merge it names GitHub's own test merge.
      mergeCommit: merged_at === null ? undefined : (merge_commit_sha ?? undefined),
    }),
  );

export interface GitHubSettings {
  /** Milliseconds that one request may take. */
  readonly timeout: number;
  /** For the user-agent: this tagship's version. */
  readonly version: string;
}

/** The token of the environment. @throws Problem `github-token-missing` (exit 3) */
export function githubToken(environment: Readonly<Record<string, string | undefined>>): Secret {
  const token = environment.GITHUB_TOKEN || environment.GH_TOKEN;
  if (token) return new Secret(token);
  throw new Problem({
    code: 'github-token-missing',
    what: 'there is no token for GitHub',
    fix: 'export GITHUB_TOKEN=… (gh auth token prints one), then the same command again',
    exit: EXIT.refused,
  });
}

/** GitHub for one repository. */
export function openGitHub(
  { api, owner, name: repo }: GitHubAddress,
  token: Secret,
  { timeout, version }: GitHubSettings,
): GitHub {
  const silent = () => {};
  const octokit = new Octokit({
    auth: token.reveal(),
    baseUrl: api,
    userAgent: `tagship/${version}`,
    log: { debug: silent, info: silent, warn: silent, error: silent },
  });
  const within = (milliseconds: number) => ({ request: { signal: AbortSignal.timeout(milliseconds) } });

  async function ask<T>(
    to: string,
    schema: z.ZodType<T>,
    request: (limits: ReturnType<typeof within>) => Promise<{ data: unknown }>,
    repeatable = true,
  ): Promise<T> {
    const { data } = await askGitHub({ to, repeatable }, () => request(within(timeout)));
    const parsed = schema.safeParse(data);
    if (parsed.success) return parsed.data;
    throw unreadable(to, z.prettifyError(parsed.error));
  }

  return {
    pullRequestsOf: (branch) =>
      ask('list pull requests', z.array(pullRequest), (limits) =>
        octokit.rest.pulls.list({
          owner,
          repo,
          head: `${owner}:${branch}`,
          state: 'all',
          sort: 'created',
          direction: 'desc',
          per_page: 100,
          ...limits,
        }),
      ),
    openPullRequest: ({ branch, base, title, body }) =>
      ask(
        'open a pull request',
        pullRequest,
        (limits) => octokit.rest.pulls.create({ owner, repo, head: branch, base, title, body, ...limits }),
        false,
      ),
    closePullRequest: async (number) => {
      await ask('close a pull request', pullRequest, (limits) =>
        octokit.rest.pulls.update({ owner, repo, pull_number: number, state: 'closed', ...limits }),
      );
    },
  };
}
