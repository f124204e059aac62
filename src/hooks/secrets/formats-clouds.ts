import { type Format, named, prefixed, shaped } from './format.ts';
import { looksGenerated } from './likely.ts';

const AWS = 'docs.aws.amazon.com/IAM, "Unique identifiers"';
const GOOGLE = 'cloud.google.com/docs/authentication';
const AZURE = 'learn.microsoft.com/purview, sensitive information types';
const VAULT = 'developer.hashicorp.com/vault/docs/concepts/tokens';
const GRAFANA = 'grafana.com/docs, service accounts and access policies';
const DIGITALOCEAN = 'docs.digitalocean.com, "API token formats"';
const PLANETSCALE = 'planetscale.com/docs, service tokens';
const CLOUDFLARE = 'developers.cloudflare.com/fundamentals/api';
const hex = (length: number) => `[0-9a-f]{${length}}`;

/** Clouds, hosting and infrastructure. */
export const CLOUDS: readonly Format[] = [
  shaped(
    'aws-access-token',
    'AWS access key',
    ['akia', 'asia', 'abia', 'acca', 'a3t'],
    /(?<![A-Za-z0-9])(?<secret>(?:AKIA|ASIA|ABIA|ACCA|A3T[A-Z0-9])[A-Z0-9]{16})(?![A-Za-z0-9])/g,
    AWS,
    { prefix: 4 },
  ),
  shaped(
    'aws-secret-access-key',
    'AWS secret access key',
    ['aws', 'secret'],
    /(?:aws[\w.-]{0,20}(?:secret|key)|secret[_-]?access[_-]?key|AccessKeySecret)[\w.-]{0,20}["'`]?\s{0,4}(?:=>|[:=])\s{0,4}["'`]?(?<secret>[A-Za-z0-9/+]{40})(?![A-Za-z0-9/+=])/gi,
    AWS,
    { accepts: ({ secret }) => looksGenerated(secret) },
  ),
  // The secret beside its key, whatever both are called.
  shaped(
    'aws-secret-access-key',
    'AWS secret access key',
    ['akia'],
    /(?<![A-Za-z0-9/+=])(?<secret>[A-Za-z0-9/+]{40})(?![A-Za-z0-9/+=])/g,
    AWS,
    { accepts: ({ secret, before }) => /AKIA[A-Z0-9]{16}(?![A-Z0-9])/.test(before) && looksGenerated(secret) },
  ),
  // Shipped in every Android, iOS and web build that uses Firebase: restricted there, not hidden.
  prefixed('gcp-api-key', 'Google API key', 'AIza', '[\\w-]{35}', `${GOOGLE}/api-keys`, { severity: 'warn' }),
  prefixed('gcp-oauth-client-secret', 'Google OAuth client secret', 'GOCSPX-', '[\\w-]{28}', GOOGLE),
  prefixed('gcp-oauth-access-token', 'Google OAuth access token', 'ya29.', '[\\w-]{30,500}', GOOGLE),
  prefixed('gcp-oauth-refresh-token', 'Google OAuth refresh token', '1//0', '[\\w-]{40,120}', GOOGLE),
  prefixed(
    'firebase-server-key',
    'Firebase messaging server key',
    'AAAA',
    '[\\w-]{7}:APA91b[\\w-]{134}',
    'firebase.google.com/docs/cloud-messaging',
    {
      keywords: [':apa91b'],
    },
  ),
  shaped(
    'azure-storage-key',
    'Azure account key',
    ['accountkey=', 'sharedaccesskey='],
    /(?:AccountKey|SharedAccessKey)=(?<secret>[A-Za-z0-9+/]{43}=|[A-Za-z0-9+/]{86}==)/g,
    AZURE,
  ),
  shaped(
    'azure-client-secret',
    'Azure AD client secret',
    ['q~'],
    /(?<![\w~.-])(?<secret>[A-Za-z0-9_~.]{3}\dQ~[\w~.-]{31,34})(?![\w~.-])/g,
    AZURE,
    { accepts: ({ secret }) => looksGenerated(secret) },
  ),
  shaped(
    'azure-devops-pat',
    'Azure DevOps token',
    ['azdo'],
    /(?<![A-Za-z0-9])(?<secret>[A-Za-z0-9]{76}AZDO[A-Za-z0-9]{4})(?![A-Za-z0-9])/g,
    AZURE,
  ),
  shaped('azure-sas', 'Azure shared access signature', ['sig='], /[?&;]sig=(?<secret>[A-Za-z0-9%]{43,80}%3D)/g, AZURE),
  prefixed('digitalocean-pat', 'DigitalOcean token', 'dop_v1_', hex(64), DIGITALOCEAN),
  prefixed('digitalocean-access-token', 'DigitalOcean OAuth token', 'doo_v1_', hex(64), DIGITALOCEAN),
  prefixed('digitalocean-refresh-token', 'DigitalOcean refresh token', 'dor_v1_', hex(64), DIGITALOCEAN),
  prefixed('cloudflare-origin-ca-key', 'Cloudflare Origin CA key', 'v1.0-', `${hex(24)}-${hex(146)}`, CLOUDFLARE),
  named(
    'cloudflare-api-key',
    'Cloudflare API token',
    ['cloudflare', 'cf_api', 'cf-api'],
    '(?=[\\w-]{0,39}\\d)[\\w-]{40}',
    CLOUDFLARE,
  ),
  named(
    'cloudflare-global-api-key',
    'Cloudflare global API key',
    ['cloudflare', 'cf_api', 'cf-api'],
    hex(37),
    CLOUDFLARE,
  ),
  prefixed('heroku-api-key-v2', 'Heroku API key', 'HRKU-AA', '[\\w-]{58}', 'devcenter.heroku.com, API tokens'),
  named(
    'heroku-api-key',
    'Heroku API key',
    ['heroku'],
    `${hex(8)}-(?:${hex(4)}-){3}${hex(12)}`,
    'devcenter.heroku.com, API tokens',
  ),
  prefixed(
    'netlify-access-token',
    'Netlify access token',
    'nfp_',
    '[A-Za-z0-9]{36}',
    'docs.netlify.com, access tokens',
  ),
  prefixed('alibaba-access-key-id', 'Alibaba Cloud access key', 'LTAI', '[A-Za-z0-9]{20}', 'alibabacloud.com/help/ram'),
  prefixed('hashicorp-vault-service-token', 'Vault service token', 'hvs.', '[\\w-]{90,120}', VAULT, {
    keywords: ['hvs.'],
  }),
  prefixed('vault-batch-token', 'Vault batch token', 'hvb.', '[\\w-]{138,300}', VAULT),
  shaped(
    'hashicorp-tf-api-token',
    'Terraform Cloud token',
    ['.atlasv1.'],
    /(?<![A-Za-z0-9])(?<secret>[A-Za-z0-9]{14}\.atlasv1\.[\w=-]{60,70})(?![\w=-])/g,
    'developer.hashicorp.com/terraform/cloud-docs',
  ),
  prefixed(
    'grafana-service-account-token',
    'Grafana service account token',
    'glsa_',
    '[A-Za-z0-9]{32}_[0-9A-Fa-f]{8}',
    GRAFANA,
  ),
  prefixed('grafana-cloud-api-token', 'Grafana Cloud token', 'glc_', '[A-Za-z0-9+/]{32,400}={0,2}', GRAFANA),
  prefixed(
    'databricks-api-token',
    'Databricks token',
    'dapi',
    `${hex(32)}(?:-\\d)?`,
    'docs.databricks.com, access tokens',
  ),
  prefixed('planetscale-api-token', 'PlanetScale token', 'pscale_tkn_', '[\\w=.-]{32,64}', PLANETSCALE),
  prefixed('planetscale-oauth-token', 'PlanetScale OAuth token', 'pscale_oauth_', '[\\w=.-]{32,64}', PLANETSCALE),
  prefixed('planetscale-password', 'PlanetScale password', 'pscale_pw_', '[\\w=.-]{32,64}', PLANETSCALE),
  prefixed('supabase-access-token', 'Supabase access token', 'sbp_', hex(40), 'supabase.com/docs, API keys'),
  prefixed('supabase-secret-key', 'Supabase secret key', 'sb_secret_', '[\\w-]{22,60}', 'supabase.com/docs, API keys'),
  prefixed(
    'tailscale-key',
    'Tailscale key',
    'tskey-',
    '(?:auth|api|client|scim|webhook)-[A-Za-z0-9]{8,32}-[A-Za-z0-9]{16,48}',
    'tailscale.com/kb, key prefixes',
  ),
  prefixed(
    'dynatrace-api-token',
    'Dynatrace token',
    'dt0c01.',
    '[A-Z0-9]{24}\\.[A-Z0-9]{64}',
    'docs.dynatrace.com, access tokens',
  ),
  prefixed('doppler-api-token', 'Doppler token', 'dp.pt.', '[A-Za-z0-9]{43}', 'docs.doppler.com, auth token formats'),
  prefixed('prefect-api-token', 'Prefect API key', 'pnu_', '[A-Za-z0-9]{36}', 'docs.prefect.io, API keys'),
];
