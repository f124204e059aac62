import { Octokit } from '@octokit/rest';
import * as z from 'zod';
import { EXIT, Problem, TOKEN_MISSING } from '../core/problem.ts';
import { Secret } from '../core/secret.ts';
import { askGitHub, unreadable } from './github-request.ts';
import type { GitHub, GitHubAddress, GitHubRelease, PullRequest } from './ports.ts';

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
    base: z.object({ ref: z.string() }),
    body: z.string().nullable(),
  })
  .transform(
    ({ number, html_url, state, merged_at, merge_commit_sha, head, base, body }): PullRequest => ({
      number,
      url: html_url,
      state: merged_at === null ? state : 'merged',
      head: head.sha,
      base: base.ref,
      body: body ?? '',
      // Before the merge it names GitHub's own test merge.
      mergeCommit: merged_at === null ? undefined : (merge_commit_sha ?? undefined),
    }),
  );

const release = z
  .object({
    id: z.int().positive(),
    html_url: shownUrl,
    tag_name: z.string(),
    draft: z.boolean(),
    upload_url: z.string(),
    assets: z.array(
      z.object({
        id: z.int().positive(),
        name: z.string(),
        size: z.int().nonnegative(),
        digest: z.string().nullish(),
        state: z.string(),
      }),
    ),
  })
  .transform(({ id, html_url, tag_name, draft, upload_url, assets }): GitHubRelease & { tag: string } => ({
    id,
    url: html_url,
    tag: tag_name,
    draft,
    uploadUrl: upload_url.replace(/\{.*$/, ''),
    assets: assets.map(({ digest, state, ...asset }) => ({
      ...asset,
      digest: digest ?? undefined,
      whole: state === 'uploaded',
    })),
  }));

export interface GitHubSettings {
  /** Milliseconds that one request may take. */
  readonly timeout: number;
  /** For the user-agent: this tagship's version. */
  readonly version: string;
}

/** Milliseconds per byte that an upload may take beside the usual: 50 kB a second. */
const PER_BYTE = 1 / 50;

/** The token of the environment. @throws Problem `github-token-missing` (exit 3) */
export function githubToken(environment: Readonly<Record<string, string | undefined>>): Secret {
  const token = environment.GITHUB_TOKEN || environment.GH_TOKEN;
  if (token) return new Secret(token);
  throw new Problem({
    code: TOKEN_MISSING,
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
    releaseOf: (tag) => findRelease(tag),
    createDraft: ({ tag, notes, preRelease }) =>
      ask(
        'make a release',
        release,
        (limits) =>
          octokit.rest.repos.createRelease({
            owner,
            repo,
            tag_name: tag,
            name: tag,
            body: notes,
            draft: true,
            prerelease: preRelease,
            ...limits,
          }),
        false,
      ),
    upload: async ({ uploadUrl }, name, content) => {
      const to = `upload ${name}`;
      const { origin } = new URL(trustedUpload(uploadUrl, api, to));
      const path = new URL(uploadUrl).pathname;
      await askGitHub({ to, repeatable: false }, () =>
        octokit.request(`POST ${origin}${path}{?name}`, {
          name,
          data: content,
          headers: { 'content-type': 'application/octet-stream', 'content-length': content.length },
          ...within(timeout + Math.ceil(content.length * PER_BYTE)),
        }),
      );
    },
    deleteAsset: async (id) => {
      await askGitHub({ to: 'delete half an upload', repeatable: true }, () =>
        octokit.rest.repos.deleteReleaseAsset({ owner, repo, asset_id: id, ...within(timeout) }),
      );
    },
    publishRelease: (id) =>
      ask('publish a release', release, (limits) =>
        octokit.rest.repos.updateRelease({ owner, repo, release_id: id, draft: false, ...limits }),
      ),
  };

  /** A draft is found in the list alone: it has no tag yet that GitHub would go by. Newest come first. */
  async function findRelease(tag: string): Promise<GitHubRelease | undefined> {
    for (let page = 1; page <= PAGES; page += 1) {
      const found = await ask('list releases', z.array(release), (limits) =>
        octokit.rest.repos.listReleases({ owner, repo, per_page: PAGE, page, ...limits }),
      );
      const named = found.filter((one) => one.tag === tag);
      const wanted = named.find((one) => !one.draft) ?? named[0];
      if (wanted !== undefined || found.length < PAGE) return wanted;
    }
    return undefined;
  }
}

const PAGE = 100;
const PAGES = 10;

/**
 * GitHub names the host that takes uploads, and the token goes with them: only to the API's own host or to
 * `uploads.` beside its `api.`.
 * @throws Problem `github-unreadable`
 */
function trustedUpload(url: string, api: string, to: string): string {
  const [upload, own] = [URL.canParse(url) ? new URL(url) : undefined, new URL(api)];
  const beside = own.hostname.replace(/^api\./, 'uploads.');
  if (upload?.origin === own.origin || (upload?.protocol === 'https:' && upload.hostname === beside)) return url;
  throw unreadable(to, `it names ${url.slice(0, 200)} for uploads`);
}
