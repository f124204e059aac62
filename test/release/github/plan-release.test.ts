import { expect, it } from 'vitest';
import type { GitHubAsset, GitHubRelease } from '../../../src/io/ports.ts';
import { planGitHubRelease, type WantedRelease } from '../../../src/release/github/plan-release.ts';

const FILE = { name: 'app.apk', path: '/app.apk', size: 3, digest: 'sha256:abc' };
const WANTED: WantedRelease = { tag: 'v1.0.0', notes: '', preRelease: false, draft: false, files: [FILE] };
const ASSET: GitHubAsset = { id: 7, name: 'app.apk', size: 3, digest: 'sha256:abc', whole: true };

function found(draft: boolean, asset: Partial<GitHubAsset>): GitHubRelease {
  return { id: 1, url: '', draft, uploadUrl: '', assets: [{ ...ASSET, ...asset }] };
}

it('what is there and whole is left as it is', () => {
  for (const digest of [FILE.digest, undefined]) {
    const plan = planGitHubRelease(WANTED, found(false, { digest }));
    expect(plan).toEqual({ create: false, remove: [], upload: [], publish: false, kept: [] });
  }
});

it('half an upload is removed and made again, whatever is published', () => {
  for (const draft of [true, false]) {
    const plan = planGitHubRelease(WANTED, found(draft, { whole: false, size: 0, digest: undefined }));
    expect(plan).toMatchObject({ remove: [{ id: 7 }], upload: [FILE], publish: draft, kept: [] });
  }
});

it('other contents under the same name are replaced in a draft, and kept once they are published', () => {
  const other = { digest: 'sha256:other' };
  expect(planGitHubRelease(WANTED, found(true, other))).toMatchObject({ remove: [{ id: 7 }], upload: [FILE] });
  const published = planGitHubRelease(WANTED, found(false, other));
  expect(published).toMatchObject({ remove: [], upload: [], kept: ['app.apk'] });
});

it('a draft that is wanted as one is not published', () => {
  expect(planGitHubRelease({ ...WANTED, draft: true }, undefined)).toMatchObject({ create: true, publish: false });
  expect(planGitHubRelease({ ...WANTED, draft: true }, found(true, {}))).toMatchObject({ publish: false });
});
