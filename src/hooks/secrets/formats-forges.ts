import { hasBase62Checksum } from './checksum.ts';
import { type Format, prefixed, shaped } from './format.ts';

const GITHUB = 'github.blog 2021-04-05, "Behind GitHub’s new authentication token formats"';
const GITLAB = 'docs.gitlab.com/security/tokens, "Token prefixes"';
const NPM = 'github.blog changelog 2021-09-23, npm access token format';

const checksummed = { accepts: ({ secret }: { secret: string }) => hasBase62Checksum(secret.slice(4)) };
const github = (id: string, what: string, prefix: string) =>
  prefixed(id, what, prefix, '[A-Za-z0-9]{36}', GITHUB, checksummed);
const gitlab = (id: string, what: string, prefix: string, body: string) => prefixed(id, what, prefix, body, GITLAB);

/** Code hosting, package registries and CI. */
export const FORGES: readonly Format[] = [
  github('github-pat', 'GitHub personal access token', 'ghp_'),
  github('github-oauth', 'GitHub OAuth token', 'gho_'),
  github('github-app-token', 'GitHub user-to-server token', 'ghu_'),
  github('github-app-token', 'GitHub app installation token', 'ghs_'),
  github('github-refresh-token', 'GitHub refresh token', 'ghr_'),
  prefixed(
    'github-fine-grained-pat',
    'GitHub fine-grained token',
    'github_pat_',
    '[A-Za-z0-9]{22}_[A-Za-z0-9]{59}',
    GITHUB,
  ),
  gitlab('gitlab-pat', 'GitLab access token', 'glpat-', '(?:[\\w-]{20}|[\\w-]{27,300}\\.[0-9a-z]{2}[0-9a-z]{7})'),
  gitlab('gitlab-deploy-token', 'GitLab deploy token', 'gldt-', '[\\w-]{20}'),
  gitlab('gitlab-runner-authentication-token', 'GitLab runner token', 'glrt-', '[\\w-]{20,60}'),
  gitlab('gitlab-rrt', 'GitLab runner registration token', 'GR1348941', '[\\w-]{20}'),
  gitlab('gitlab-ptt', 'GitLab pipeline trigger token', 'glptt-', '[0-9a-f]{40}'),
  gitlab('gitlab-feed-token', 'GitLab feed token', 'glft-', '[\\w-]{20,64}'),
  gitlab('gitlab-scim-token', 'GitLab SCIM token', 'glsoat-', '[\\w-]{20}'),
  gitlab('gitlab-incoming-mail-token', 'GitLab incoming mail token', 'glimt-', '[\\w-]{25}'),
  gitlab('gitlab-kubernetes-agent-token', 'GitLab agent token', 'glagent-', '[\\w-]{50}'),
  gitlab('gitlab-oauth-app-secret', 'GitLab OAuth application secret', 'gloas-', '[0-9a-zA-Z_-]{64}'),
  gitlab('gitlab-cicd-job-token', 'GitLab CI job token', 'glcbt-', '[0-9a-zA-Z]{1,5}_[\\w-]{20}'),
  gitlab('gitlab-feature-flag-client-token', 'GitLab feature flags token', 'glffct-', '[\\w-]{20}'),
  prefixed(
    'bitbucket-app-password',
    'Bitbucket app password',
    'ATBB',
    '[A-Za-z0-9]{32}',
    'support.atlassian.com/bitbucket-cloud',
  ),
  prefixed(
    'atlassian-api-token',
    'Atlassian API token',
    'ATATT3',
    '[\\w=-]{180,250}',
    'support.atlassian.com, API tokens',
  ),
  prefixed('npm-access-token', 'npm access token', 'npm_', '[A-Za-z0-9]{36}', NPM, checksummed),
  shaped(
    'npm-auth-token',
    'npm token in .npmrc',
    [':_authtoken'],
    /:_authToken\s{0,4}=\s{0,4}"?(?<secret>[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})(?![\w-])/gi,
    'npm Docs, "Using private packages in a CI/CD workflow"',
  ),
  prefixed(
    'pypi-upload-token',
    'PyPI upload token',
    'pypi-AgEIcHlwaS5vcmc',
    '[\\w-]{50,1000}',
    'pypi.org/help#apitoken',
  ),
  prefixed(
    'pypi-upload-token',
    'TestPyPI upload token',
    'pypi-AgENdGVzdC5weXBpLm9yZw',
    '[\\w-]{50,1000}',
    'pypi.org/help#apitoken',
  ),
  prefixed('rubygems-api-token', 'RubyGems API key', 'rubygems_', '[0-9a-f]{48}', 'guides.rubygems.org/api-key-scopes'),
  prefixed(
    'clojars-api-token',
    'Clojars deploy token',
    'CLOJARS_',
    '[0-9a-z]{60}',
    'github.com/clojars/clojars-web, deploy tokens',
  ),
  prefixed(
    'docker-hub-pat',
    'Docker Hub personal access token',
    'dckr_pat_',
    '[\\w-]{27}',
    'docs.docker.com/security/access-tokens',
  ),
  prefixed(
    'docker-hub-oat',
    'Docker Hub organisation access token',
    'dckr_oat_',
    '[\\w-]{32}',
    'docs.docker.com/security/access-tokens',
  ),
  prefixed(
    'postman-api-token',
    'Postman API key',
    'PMAK-',
    '[0-9a-f]{24}-[0-9a-f]{34}',
    'learning.postman.com, API keys',
  ),
  prefixed('linear-api-key', 'Linear API key', 'lin_api_', '[A-Za-z0-9]{40}', 'developers.linear.app'),
  prefixed('pulumi-api-token', 'Pulumi access token', 'pul-', '[0-9a-f]{40}', 'pulumi.com/docs, access tokens'),
];
