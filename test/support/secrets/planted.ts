import { base62Checksum } from '../../../src/hooks/secrets/checksum.ts';
import type { Alphabet, Seeded } from './seeded.ts';

/** A file that holds one credential. */
export interface Planted {
  /** Rule of the format that is to find it. */
  readonly kind: string;
  readonly path: string;
  readonly text: string;
}

type Make = (seeded: Seeded) => string;

/** What a provider hands out: its prefix, then random characters. */
const token =
  (prefix: string, alphabet: Alphabet, length: number): Make =>
  (seeded) =>
    prefix + seeded.text(alphabet, length);

const checksummed =
  (prefix: string): Make =>
  (seeded) => {
    const random = seeded.text('base62', 30);
    return prefix + random + base62Checksum(random);
  };

const base64url = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** Those that are known by themselves, wherever they stand. */
const TOKENS: Readonly<Record<string, Make>> = {
  'github-pat': checksummed('ghp_'),
  'github-oauth': checksummed('gho_'),
  'github-app-token': checksummed('ghs_'),
  'github-refresh-token': checksummed('ghr_'),
  'github-fine-grained-pat': (s) => `github_pat_${s.text('base62', 22)}_${s.text('base62', 59)}`,
  'npm-access-token': checksummed('npm_'),
  'gitlab-pat': token('glpat-', 'url', 20),
  'gitlab-ptt': token('glptt-', 'hex', 40),
  'gitlab-rrt': token('GR1348941', 'url', 20),
  'gitlab-deploy-token': token('gldt-', 'url', 20),
  'gitlab-runner-authentication-token': token('glrt-', 'url', 20),
  'gitlab-feed-token': token('glft-', 'url', 20),
  'gitlab-scim-token': token('glsoat-', 'url', 20),
  'gitlab-incoming-mail-token': token('glimt-', 'url', 25),
  'gitlab-kubernetes-agent-token': token('glagent-', 'url', 50),
  'gitlab-oauth-app-secret': token('gloas-', 'url', 64),
  'gitlab-cicd-job-token': (s) => `glcbt-${s.text('base62', 2)}_${s.text('url', 20)}`,
  'pypi-upload-token': token('pypi-AgEIcHlwaS5vcmc', 'url', 150),
  'rubygems-api-token': token('rubygems_', 'hex', 48),
  'clojars-api-token': token('CLOJARS_', 'lower', 60),
  'docker-hub-pat': token('dckr_pat_', 'url', 27),
  'postman-api-token': (s) => `PMAK-${s.text('hex', 24)}-${s.text('hex', 34)}`,
  'linear-api-key': token('lin_api_', 'base62', 40),
  'pulumi-api-token': token('pul-', 'hex', 40),
  'aws-access-token': token('AKIA', 'upper', 16),
  'gcp-api-key': token('AIza', 'url', 35),
  'gcp-oauth-client-secret': token('GOCSPX-', 'url', 28),
  'azure-client-secret': (s) => `${s.text('base62', 3)}8Q~${s.text('base62', 34)}`,
  'digitalocean-pat': token('dop_v1_', 'hex', 64),
  'digitalocean-access-token': token('doo_v1_', 'hex', 64),
  'digitalocean-refresh-token': token('dor_v1_', 'hex', 64),
  'hashicorp-vault-service-token': token('hvs.', 'url', 95),
  'vault-batch-token': token('hvb.', 'url', 150),
  'hashicorp-tf-api-token': (s) => `${s.text('base62', 14)}.atlasv1.${s.text('base62', 67)}`,
  'grafana-service-account-token': (s) => `glsa_${s.text('base62', 32)}_${s.text('hex', 8)}`,
  'databricks-api-token': token('dapi', 'hex', 32),
  'planetscale-api-token': token('pscale_tkn_', 'base62', 43),
  'planetscale-password': token('pscale_pw_', 'base62', 43),
  'dynatrace-api-token': (s) => `dt0c01.${s.text('upper', 24)}.${s.text('upper', 64)}`,
  'doppler-api-token': token('dp.pt.', 'base62', 43),
  'prefect-api-token': token('pnu_', 'lower', 36),
  'stripe-access-token': token('sk_live_', 'base62', 24),
  'stripe-webhook-secret': token('whsec_', 'base62', 32),
  'square-access-token': token('sq0atp-', 'url', 22),
  'shopify-access-token': token('shpat_', 'hex', 32),
  'shopify-shared-secret': token('shpss_', 'hex', 32),
  'slack-access-token': (s) => `xoxb-${s.text('digits', 12)}-${s.text('digits', 12)}-${s.text('base62', 24)}`,
  'slack-web-hook': (s) =>
    `https://hooks.slack.com/services/T${s.text('upper', 10)}/B${s.text('upper', 10)}/${s.text('base62', 24)}`,
  'discord-bot-token': (s) =>
    `${Buffer.from(`1${s.text('digits', 17)}`).toString('base64')}.${s.text('url', 6)}.${s.text('url', 27)}`,
  'discord-webhook': (s) => `https://discord.com/api/webhooks/${s.text('digits', 18)}/${s.text('url', 68)}`,
  'telegram-bot-api-token': (s) => `1${s.text('digits', 9)}:AA${s.text('url', 33)}`,
  'twilio-api-key': token('SK', 'hex', 32),
  'sendgrid-api-token': (s) => `SG.${s.text('url', 22)}.${s.text('url', 43)}`,
  'mailchimp-api-key': (s) => `${s.text('hex', 32)}-us${1 + s.below(20)}`,
  'sendinblue-api-token': (s) => `xkeysib-${s.text('hex', 64)}-${s.text('base62', 16)}`,
  'sentry-user-token': token('sntryu_', 'hex', 64),
  'openai-api-key': (s) => `sk-${s.text('base62', 20)}T3BlbkFJ${s.text('base62', 20)}`,
  'huggingface-access-token': token('hf_', 'letters', 34),
  'easypost-api-token': token('EZAK', 'base62', 54),
  'duffel-api-token': token('duffel_live_', 'url', 43),
  'shippo-api-token': token('shippo_live_', 'hex', 40),
  'readme-api-token': token('rdme_', 'lower', 70),
  'frameio-api-token': token('fio-u-', 'url', 64),
  'age-secret-key': token('AGE-SECRET-KEY-1', 'bech32', 58),
  jwt: (s) =>
    `${base64url({ alg: 'HS256', typ: 'JWT' })}.${base64url({ sub: s.uuid(), role: 'admin' })}.${s.text('url', 43)}`,
};

/** Those that need their surroundings: the lines, and the file where it matters. */
const IN_PLACE: Readonly<Record<string, (seeded: Seeded) => readonly [path: string, text: string]>> = {
  'aws-secret-access-key': (s) => ['credentials', `aws_secret_access_key = ${s.text('base64', 40)}\n`],
  'azure-storage-key': (s) => [
    'app.env',
    `STORE=DefaultEndpointsProtocol=https;AccountKey=${s.text('base64', 86)}==\n`,
  ],
  'npm-auth-token': (s) => ['.npmrc', `//npm.internal/:_authToken=${s.uuid()}\n`],
  'cloudflare-api-key': (s) => ['app.env', `CLOUDFLARE_API_TOKEN=7${s.text('url', 38)}a\n`],
  'heroku-api-key': (s) => ['deploy.yml', `heroku_api_key: "${s.uuid()}"\n`],
  'discord-client-secret': (s) => ['bot.dart', `const discordClientSecret = '${s.text('base62', 31)}7';\n`],
  'twilio-auth-token': (s) => ['app.env', `TWILIO_AUTH_TOKEN=${s.text('hex', 32)}\n`],
  'mailgun-private-api-token': (s) => ['mail.dart', `final mailgun = Mailgun('key-${s.text('hex', 32)}');\n`],
  'mailgun-signing-key': (s) => [
    'app.env',
    `MAILGUN_SIGNING=${s.text('hex', 32)}-${s.text('hex', 8)}-${s.text('hex', 8)}\n`,
  ],
  'sentry-access-token': (s) => ['app.env', `SENTRY_AUTH_TOKEN=${s.text('hex', 64)}\n`],
  'grist-api-key': (s) => ['app.env', `GRIST_API_KEY=${s.text('hex', 40)}\n`],
  'android-signing-password': (s) => [
    'android/key.properties',
    `storePassword=${s.text('base62', 9)}\nstoreFile=up.jks\n`,
  ],
  'basic-auth-url': (s) => ['docker.env', `DATABASE=postgres://grist:${s.text('base62', 14)}@db.internal/app\n`],
  'netrc-password': (s) => ['.netrc', `machine git.internal login ci password ${s.text('base62', 20)}\n`],
  'authorization-header': (s) =>
    s.pick([
      ['lib/client.dart', `final headers = {'Authorization': 'Bearer ${s.text('base62', 40)}'};\n`],
      [
        'lib/client.dart',
        `headers: {HttpHeaders.authorizationHeader: 'Basic ${btoa(`app:${s.text('base62', 20)}`)}'},\n`,
      ],
      ['scripts/ask', `curl -H "Authorization: Bearer ${s.text('base62', 32)}" https://db.internal/\n`],
    ]),
  'curl-auth-user': (s) => ['scripts/ask', `curl -fsS -u admin:${s.text('base62', 20)} https://db.internal/\n`],
  'generic-api-key': (s) => ['lib/api.dart', `const apiSecret = '${s.text('base62', 40)}';\n`],
  'private-key': (s) => ['server.pem', pem(s.pick(['PRIVATE KEY', 'RSA PRIVATE KEY', 'OPENSSH PRIVATE KEY']), s)],
  'putty-private-key': (s) => [
    'pi.ppk',
    `PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\nPublic-Lines: 1\n${s.text('base64', 64)}\nPrivate-Lines: 1\n${s.text('base64', 44)}\n`,
  ],
  'gcp-service-account': (s) => [
    'service-account.json',
    `${JSON.stringify({ type: 'service_account', private_key: pem('PRIVATE KEY', s), client_email: 'ci@app' }, null, 2)}\n`,
  ],
  'java-key-store': (s) => ['android/upload.jks', `\xfe\xed\xfe\xed\0\0\0\x02${s.text('base62', 200)}\0\x01`],
  'pkcs12-file': (s) => ['ios/distribution.p12', `0\x82\x0b\x10\x02\x01\x030\x82${s.text('base62', 200)}\0\x01`],
};

function pem(label: string, seeded: Seeded): string {
  const body = Array.from({ length: 12 }, () => seeded.text('base64', 64));
  return [`-----BEGIN ${label}-----`, ...body, `-----END ${label}-----`, ''].join('\n');
}

/** How a token stands in a file. */
const PLACES: readonly ((value: string) => readonly [path: string, text: string])[] = [
  (value) => ['lib/config.dart', `// Where it is used.\nconst value = '${value}';\n`],
  (value) => ['.env', `MODE=production\nVALUE=${value}\n`],
  (value) => ['app.yaml', `service:\n  value: "${value}"\n`],
  (value) => ['config.json', `{\n  "value": "${value}"\n}\n`],
  (value) => ['deploy.sh', `curl -H "X-Value: ${value}" "$HOST"\n`],
];

/** So many credentials of every kind, each in a file of its own below `planted/`. */
export function plant(seeded: Seeded, ofEachKind: number): readonly Planted[] {
  const planted: Planted[] = [];
  const add = (kind: string, [path, text]: readonly [string, string]) =>
    planted.push({ kind, path: `planted/${planted.length}/${path}`, text });
  for (let round = 0; round < ofEachKind; round += 1) {
    for (const [kind, make] of Object.entries(TOKENS)) add(kind, seeded.pick(PLACES)(make(seeded)));
    for (const [kind, make] of Object.entries(IN_PLACE)) add(kind, make(seeded));
  }
  return planted;
}
