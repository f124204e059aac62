/** An answer that is an error, in GitHub's words. */
export class Refused extends Error {
  constructor(status, message, errors) {
    super(message);
    this.status = status;
    this.body = {
      message,
      documentation_url: 'https://docs.github.com/rest',
      ...(errors === undefined ? {} : { errors }),
    };
  }

  static unprocessable(message) {
    return new Refused(422, 'Validation Failed', [{ resource: 'PullRequest', code: 'custom', message }]);
  }

  static invalid(resource, field) {
    return new Refused(422, 'Validation Failed', [{ resource, field, code: 'invalid' }]);
  }
}
