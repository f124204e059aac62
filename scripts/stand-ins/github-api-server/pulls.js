// Pull requests, as far as a release uses them.
import { blank } from './description.js';
import { Refused } from './refused.js';

export class Pulls {
  constructor(repository, { fullName, origin }) {
    Object.assign(this, { repository, fullName, origin, all: [] });
  }

  async list(query) {
    await this.follow();
    const head = query.get('head')?.split(':').at(-1);
    const state = query.get('state') ?? 'open';
    const wanted = this.all.filter(
      (one) => (head === undefined || one.branch === head) && (state === 'all' || one.state === state),
    );
    const page = wanted.toReversed?.() ?? [...wanted].reverse();
    return page.map((one) => this.shown(one, 'pull-request-simple'));
  }

  async create({ title, head, base, body }) {
    await this.follow();
    const [tip, baseTip] = await Promise.all([
      this.repository.tip(`refs/heads/${head}`),
      this.repository.tip(`refs/heads/${base}`),
    ]);
    if (tip === undefined) throw Refused.invalid('PullRequest', 'head');
    if (baseTip === undefined) throw Refused.invalid('PullRequest', 'base');
    if (await this.repository.contains(baseTip, tip))
      throw Refused.unprocessable(`No commits between ${base} and ${head}`);
    if (this.all.some((one) => one.state === 'open' && one.branch === head && one.base === base)) {
      throw Refused.unprocessable(`A pull request already exists for ${this.fullName.split('/')[0]}:${head}.`);
    }
    const pull = {
      number: this.all.length + 1,
      title,
      branch: head,
      base,
      body: body ?? null,
      state: 'open',
      head: tip,
      mergeCommit: null,
      mergedAt: null,
    };
    this.all.push(pull);
    return this.shown(pull, 'pull-request');
  }

  async update(number, { state, title, body }) {
    const pull = this.find(number);
    Object.assign(
      pull,
      state === undefined ? {} : { state },
      title === undefined ? {} : { title },
      body === undefined ? {} : { body },
    );
    return this.shown(pull, 'pull-request');
  }

  /** The button on the site: `merge`, `squash` or `rebase`. */
  async merge(number, method) {
    await this.follow();
    const pull = this.find(number);
    if (pull.state !== 'open') throw new Refused(405, 'Pull Request is not mergeable');
    const title =
      method === 'squash' ? `${pull.title} (#${number})` : `Merge pull request #${number} from ${pull.branch}`;
    this.close(pull, await this.repository.merge(pull.base, pull.head, method, title));
  }

  /** What pushes did meanwhile: an open one follows its branch, is merged with it, or closed without it. */
  async follow() {
    for (const pull of this.all.filter(({ state }) => state === 'open')) {
      const [tip, base] = await Promise.all([
        this.repository.tip(`refs/heads/${pull.branch}`),
        this.repository.tip(`refs/heads/${pull.base}`),
      ]);
      if (tip === undefined) pull.state = 'closed';
      else if (await this.repository.contains(base, tip)) this.close(pull, base);
      else pull.head = tip;
    }
  }

  close(pull, mergeCommit) {
    Object.assign(pull, { state: 'closed', mergedAt: new Date().toISOString(), mergeCommit });
  }

  find(number) {
    const pull = this.all.find((one) => one.number === Number(number));
    if (pull === undefined) throw new Refused(404, 'Not Found');
    return pull;
  }

  shown({ number, title, branch, base, body, state, head, mergeCommit, mergedAt }, schema) {
    const shown = blank(schema);
    const [owner] = this.fullName.split('/');
    return {
      ...shown,
      number,
      title,
      body,
      state,
      html_url: `${this.origin}/${this.fullName}/pull/${number}`,
      url: `${this.origin}/repos/${this.fullName}/pulls/${number}`,
      merged_at: mergedAt,
      closed_at: mergedAt,
      // Before it is merged GitHub names a test merge of its own here.
      merge_commit_sha: mergeCommit ?? 'f'.repeat(40),
      head: { ...shown.head, ref: branch, label: `${owner}:${branch}`, sha: head },
      base: { ...shown.base, ref: base, label: `${owner}:${base}` },
      ...(schema === 'pull-request' ? { merged: mergedAt !== null } : {}),
    };
  }
}
