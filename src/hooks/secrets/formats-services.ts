import { type Format, named, prefixed, shaped } from './format.ts';
import { isPlaceholder, looksGenerated } from './likely.ts';

const STRIPE = 'docs.stripe.com/keys';
const SLACK = 'api.slack.com/authentication/token-types';
const DISCORD = 'discord.com/developers/docs/reference';
const TWILIO = 'twilio.com/docs/iam/api-keys';
const MAILGUN = 'documentation.mailgun.com, API keys';
const SQUARE = 'developer.squareup.com/docs, access tokens';
const SHOPIFY = 'shopify.dev changelog, "Length of the shared secret is increasing"';
const SENTRY = 'docs.sentry.io, auth tokens';
const hex = (length: number) => `[0-9a-f]{${length}}`;

/** Payment, mail, chat, monitoring and the like. */
export const SERVICES: readonly Format[] = [
  shaped(
    'stripe-access-token',
    'Stripe secret key',
    ['sk_live_', 'sk_test_', 'rk_live_', 'rk_test_'],
    /(?<![A-Za-z0-9])(?<secret>[sr]k_(?:live|test)_[A-Za-z0-9]{10,247})(?![A-Za-z0-9])/g,
    STRIPE,
    { prefix: 8 },
  ),
  prefixed('stripe-webhook-secret', 'Stripe webhook secret', 'whsec_', '[A-Za-z0-9+/=]{32,64}', STRIPE),
  prefixed('square-access-token', 'Square access token', 'sq0atp-', '[\\w-]{22}', SQUARE),
  prefixed('square-secret', 'Square application secret', 'sq0csp-', '[\\w-]{43}', SQUARE),
  prefixed('shopify-access-token', 'Shopify access token', 'shpat_', '[0-9a-fA-F]{32}', SHOPIFY),
  prefixed('shopify-custom-access-token', 'Shopify custom app token', 'shpca_', '[0-9a-fA-F]{32}', SHOPIFY),
  prefixed('shopify-private-app-access-token', 'Shopify private app token', 'shppa_', '[0-9a-fA-F]{32}', SHOPIFY),
  prefixed('shopify-shared-secret', 'Shopify shared secret', 'shpss_', '[0-9a-fA-F]{32}', SHOPIFY),
  shaped(
    'slack-access-token',
    'Slack token',
    ['xoxb-', 'xoxa-', 'xoxp-', 'xoxr-', 'xoxs-', 'xoxe-'],
    /(?<![A-Za-z0-9])(?<secret>xox[abeprs]-(?:\d-)?[0-9A-Za-z-]{10,250})(?![A-Za-z0-9])/g,
    SLACK,
    {
      prefix: 5,
      accepts: ({ secret }) => /\d[A-Za-z]|[A-Za-z]\d/.test(secret.slice(5)) && !isPlaceholder(secret.slice(5)),
    },
  ),
  prefixed('slack-app-token', 'Slack app token', 'xapp-', '\\d-[A-Z0-9]{8,14}-\\d{10,15}-[0-9a-z]{32,80}', SLACK),
  prefixed(
    'slack-web-hook',
    'Slack webhook',
    'https://hooks.slack.com/',
    '(?:services|workflows|triggers)/[A-Za-z0-9+/]{40,80}',
    SLACK,
  ),
  prefixed(
    'microsoft-teams-webhook',
    'Teams webhook',
    'https://',
    `[a-z0-9-]{1,60}\\.webhook\\.office\\.com/webhookb2/[0-9a-f@-]{60,90}/IncomingWebhook/${hex(32)}/[0-9a-f-]{36}`,
    'learn.microsoft.com, incoming webhooks',
    {
      keywords: ['.webhook.office.com/'],
    },
  ),
  shaped(
    'discord-bot-token',
    'Discord bot token',
    // Nothing in it is always the same.
    [],
    // The number of the bot in base64, which begins as digits do.
    /(?<![\w-])(?<secret>[MNO][DTjz][A-Za-z0-9]{22,26}\.[\w-]{6}\.[\w-]{27,38})(?![\w-])/g,
    DISCORD,
    { accepts: ({ secret }) => /^\d{17,20}$/.test(decode(secret.split('.')[0] ?? '')) },
  ),
  shaped(
    'discord-webhook',
    'Discord webhook',
    ['/api/webhooks/'],
    /(?<secret>https:\/\/(?:\w{1,10}\.)?discord(?:app)?\.com\/api\/webhooks\/\d{17,20}\/[\w-]{60,80})/g,
    DISCORD,
    { prefix: 8 },
  ),
  named('discord-api-token', 'Discord API token', ['discord'], hex(64), DISCORD),
  named(
    'discord-client-secret',
    'Discord client secret',
    ['discord'],
    '(?=[\\w=-]{0,31}\\d)(?=[\\w=-]{0,31}[A-Za-z])[\\w=-]{32}',
    DISCORD,
  ),
  shaped(
    'telegram-bot-api-token',
    'Telegram bot token',
    [':a'],
    /(?<![\w-])(?<secret>\d{5,16}:A[\w-]{34})(?![\w-])/g,
    'core.telegram.org/bots',
  ),
  shaped(
    'twilio-api-key',
    'Twilio API key',
    ['sk'],
    /(?<![A-Za-z0-9])(?<secret>SK[0-9a-fA-F]{32})(?![A-Za-z0-9])/g,
    TWILIO,
    { prefix: 2 },
  ),
  named('twilio-auth-token', 'Twilio auth token', ['twilio'], hex(32), TWILIO),
  prefixed(
    'sendgrid-api-token',
    'SendGrid API key',
    'SG.',
    '(?:[\\w-]{22}\\.[\\w-]{43}|[\\w=.-]{66})',
    'docs.sendgrid.com, API keys',
  ),
  shaped(
    'mailgun-private-api-token',
    'Mailgun API key',
    ['key-'],
    /(?<![A-Za-z0-9-])(?<secret>key-[0-9a-f]{32})(?![A-Za-z0-9-])/g,
    MAILGUN,
    { prefix: 4 },
  ),
  named('mailgun-signing-key', 'Mailgun signing key', ['mailgun'], `${hex(32)}-${hex(8)}-${hex(8)}`, MAILGUN),
  shaped(
    'mailchimp-api-key',
    'Mailchimp API key',
    ['-us'],
    /(?<![A-Za-z0-9])(?<secret>[0-9a-f]{32}-us\d{1,2})(?![A-Za-z0-9])/g,
    'mailchimp.com/developer, API keys',
  ),
  prefixed(
    'sendinblue-api-token',
    'Brevo API key',
    'xkeysib-',
    `${hex(64)}-[A-Za-z0-9]{16}`,
    'developers.brevo.com, API keys',
  ),
  prefixed('sentry-org-token', 'Sentry organisation token', 'sntrys_', 'eyJ[\\w=+/]{40,400}', SENTRY),
  prefixed('sentry-user-token', 'Sentry user token', 'sntryu_', hex(64), SENTRY),
  named('sentry-access-token', 'Sentry token', ['sentry'], hex(64), SENTRY),
  named('grist-api-key', 'Grist API key', ['grist'], '[0-9a-fA-F]{40}', 'support.getgrist.com/rest-api'),
  prefixed('new-relic-user-api-key', 'New Relic user key', 'NRAK-', '[A-Z0-9]{27}', 'docs.newrelic.com, API keys'),
  named(
    'datadog-access-token',
    'Datadog key',
    ['datadog'],
    '(?=[a-z0-9]{0,39}\\d)[a-z0-9]{40}',
    'docs.datadoghq.com, API and application keys',
  ),
  shaped(
    'openai-api-key',
    'OpenAI API key',
    ['t3blbkfj'],
    /(?<![A-Za-z0-9])(?<secret>sk-[\w-]{0,10}[\w-]{20,100}T3BlbkFJ[\w-]{20,100})(?![A-Za-z0-9])/g,
    'platform.openai.com/docs',
    { prefix: 3 },
  ),
  prefixed(
    'anthropic-api-key',
    'Anthropic API key',
    'sk-ant-',
    '(?:api|admin)\\d{2}-[\\w-]{93}AA',
    'docs.anthropic.com',
  ),
  prefixed(
    'huggingface-access-token',
    'Hugging Face token',
    'hf_',
    '[A-Za-z]{34}',
    'huggingface.co/docs/hub/security-tokens',
  ),
  prefixed('notion-api-token', 'Notion token', 'ntn_', '\\d{11}[A-Za-z0-9]{35}', 'developers.notion.com, tokens'),
  prefixed('figma-pat', 'Figma token', 'figd_', '[\\w-]{40}', 'figma.com/developers/api'),
  prefixed('airtable-pat', 'Airtable token', 'pat', `[A-Za-z0-9]{14}\\.${hex(64)}`, 'airtable.com/developers', {
    accepts: ({ secret }) => looksGenerated(secret),
  }),
  prefixed('dropbox-short-lived-api-token', 'Dropbox token', 'sl.', '[\\w=-]{130,200}', 'dropbox.com/developers'),
  prefixed('easypost-api-token', 'EasyPost key', 'EZAK', '[A-Za-z0-9]{54}', 'docs.easypost.com, authentication'),
  prefixed('duffel-api-token', 'Duffel token', 'duffel_', '(?:test|live)_[\\w=-]{43}', 'duffel.com/docs'),
  prefixed(
    'shippo-api-token',
    'Shippo token',
    'shippo_',
    `(?:live|test)_${hex(40)}`,
    'docs.goshippo.com, authentication',
  ),
  prefixed('readme-api-token', 'ReadMe API key', 'rdme_', '[a-z0-9]{70}', 'docs.readme.com, API keys'),
  prefixed('frameio-api-token', 'Frame.io token', 'fio-u-', '[\\w=-]{64}', 'developer.frame.io'),
  prefixed('typeform-api-token', 'Typeform token', 'tfp_', '[\\w.=-]{44,59}', 'typeform.com/developers'),
  prefixed(
    'facebook-page-access-token',
    'Facebook access token',
    'EAA',
    '[MC][A-Za-z0-9]{100,250}',
    'developers.facebook.com, access tokens',
    {
      keywords: ['eaam', 'eaac'],
    },
  ),
  prefixed(
    'mapbox-secret-token',
    'Mapbox secret token',
    'sk.eyJ',
    '[\\w-]{60,150}\\.[\\w-]{22}',
    'docs.mapbox.com, access tokens',
  ),
];

function decode(base64: string): string {
  return Buffer.from(base64, 'base64').toString('latin1');
}
