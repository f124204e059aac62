// What people do on the site, and what may go wrong there: asked under /_stand-in, as JSON.
//   POST merge    { number, method }          the button
//   POST close    { number }
//   POST fail     { request, how, times, skip }  `request` is "POST /pulls"; `how` a status, `rate-limit`, `cut`,
//                                             `cut-after` (done, but the answer is lost), `hang`, `html` or `nonsense`
//   POST mend                                  nothing fails any more
//   GET  state                                pull requests, releases, requests and violations so far

export class People {
  constructor({ pulls, releases }) {
    Object.assign(this, { pulls, releases, failures: [], requests: [], violations: [] });
  }

  async answer(action, body) {
    switch (action) {
      case 'merge':
        return this.pulls.merge(body.number, body.method ?? 'merge');
      case 'close':
        return this.pulls.update(body.number, { state: 'closed' });
      case 'fail':
        this.failures.push({ times: 1, skip: 0, ...body });
        return undefined;
      case 'mend':
        this.failures = [];
        return undefined;
      case 'state':
        await this.pulls.follow();
        return {
          pulls: this.pulls.all,
          releases: this.releases.all,
          requests: this.requests,
          violations: this.violations,
        };
      default:
        throw new Error(`no such thing: ${action}`);
    }
  }

  /** How this request is to fail, if at all. */
  failureFor(request) {
    const failure = this.failures.find((one) => one.times > 0 && request.includes(one.request));
    if (failure === undefined) return undefined;
    if (failure.skip > 0) {
      failure.skip -= 1;
      return undefined;
    }
    failure.times -= 1;
    return failure.how;
  }
}
