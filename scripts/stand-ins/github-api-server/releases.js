// Releases and their assets, as far as a release uses them.
import { createHash } from 'node:crypto';
import { blank } from './description.js';
import { Refused } from './refused.js';

export class Releases {
  constructor(repository, { fullName, origin }) {
    Object.assign(this, { repository, fullName, origin, all: [], lastId: 0 });
  }

  list(query) {
    const size = Number(query.get('per_page') ?? 30);
    const start = (Number(query.get('page') ?? 1) - 1) * size;
    return [...this.all]
      .reverse()
      .slice(start, start + size)
      .map((one) => this.shown(one));
  }

  async create({ tag_name: tag, name, body, draft, prerelease }) {
    if (!draft && this.all.some((one) => one.tag === tag && !one.draft)) {
      throw new Refused(422, 'Validation Failed', [{ resource: 'Release', field: 'tag_name', code: 'already_exists' }]);
    }
    const release = {
      id: this.nextId(),
      tag,
      name: name ?? tag,
      body: body ?? '',
      draft: draft === true,
      prerelease: prerelease === true,
      assets: [],
    };
    this.all.push(release);
    return this.shown(release);
  }

  async update(id, { draft, name, body, prerelease }) {
    const release = this.find(id);
    const given = Object.entries({ draft, name, body, prerelease }).filter(([, value]) => value !== undefined);
    Object.assign(release, Object.fromEntries(given));
    // Publishing a release makes its tag where there is none: a release before its tag would move it.
    if (!release.draft && (await this.repository.tip(`refs/tags/${release.tag}`)) === undefined) {
      throw new Refused(422, 'Validation Failed', [{ resource: 'Release', field: 'tag_name', code: 'invalid' }]);
    }
    return this.shown(release);
  }

  upload(id, name, content) {
    const release = this.find(id);
    if (release.assets.some((asset) => asset.name === name)) {
      throw new Refused(422, 'Validation Failed', [
        { resource: 'ReleaseAsset', field: 'name', code: 'already_exists' },
      ]);
    }
    const digest = `sha256:${createHash('sha256').update(content).digest('hex')}`;
    const asset = { id: this.nextId(), name, size: content.length, digest, state: 'uploaded' };
    release.assets.push(asset);
    return this.shownAsset(asset);
  }

  /** What an upload that is cut off leaves behind. */
  leaveHalf(id, name) {
    this.find(id).assets.push({ id: this.nextId(), name, size: 0, digest: null, state: 'starter' });
  }

  deleteAsset(id) {
    const release = this.all.find(({ assets }) => assets.some((asset) => asset.id === Number(id)));
    if (release === undefined) throw new Refused(404, 'Not Found');
    release.assets = release.assets.filter((asset) => asset.id !== Number(id));
  }

  find(id) {
    const release = this.all.find((one) => one.id === Number(id));
    if (release === undefined) throw new Refused(404, 'Not Found');
    return release;
  }

  nextId() {
    this.lastId += 1;
    return this.lastId;
  }

  shown({ id, tag, name, body, draft, prerelease, assets }) {
    const url = `${this.origin}/repos/${this.fullName}/releases/${id}`;
    return {
      ...blank('release'),
      id,
      url,
      html_url: `${this.origin}/${this.fullName}/releases/tag/${tag}`,
      assets_url: `${url}/assets`,
      upload_url: `${url}/assets{?name,label}`,
      tag_name: tag,
      name,
      body,
      draft,
      prerelease,
      published_at: draft ? null : new Date().toISOString(),
      assets: assets.map((asset) => this.shownAsset(asset)),
    };
  }

  shownAsset(asset) {
    return {
      ...blank('release-asset'),
      ...asset,
      url: `${this.origin}/repos/${this.fullName}/releases/assets/${asset.id}`,
    };
  }
}
