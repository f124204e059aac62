import type { Seeded } from './seeded.ts';

type Make = (seeded: Seeded) => string;

const base64url = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
const dashes = (label: string) => `-----BEGIN ${label}-----`;

/** What an app's repository is full of and what is no secret. */
const LOOK_ALIKES: readonly Make[] = [
  // Digests and ids.
  (s) => `const commit = '${s.text('hex', 40)}';`,
  (s) => `    sha256: "${s.text('hex', 64)}"\n    url: "https://pub.dev"`,
  (s) => `"integrity": "sha512-${s.text('base64', 86)}==",`,
  (s) => `FROM debian@sha256:${s.text('hex', 64)}`,
  (s) => `const id = '${s.uuid()}';`,
  (s) => `  Flutter: ${s.text('hex', 40)}\nPODFILE CHECKSUM: ${s.text('hex', 40)}`,
  (s) => `\t\t${s.text('HEX', 24)} /* Runner.app */ = {isa = PBXFileReference; };`,
  (s) => `DEVELOPMENT_TEAM = ${s.text('upper', 10)};`,
  (s) => `etag: "${s.text('hex', 32)}"`,
  (s) => `const icon = 'data:image/png;base64,${s.text('base64', 400)}';`,
  (s) => `https://www.gravatar.com/avatar/${s.text('hex', 32)}?s=80`,
  (s) => `appId: '1:${s.text('digits', 12)}:android:${s.text('hex', 22)}',`,
  (s) => `measurementId: 'G-${s.text('upper', 10)}',`,
  (s) => `clientId: '${s.text('digits', 12)}-${s.text('lower', 32)}.apps.googleusercontent.com',`,
  // Meant to be public.
  (s) => `Stripe.publishableKey = 'pk_live_${s.text('base62', 24)}';`,
  (s) => `dsn: 'https://${s.text('hex', 32)}@o${s.text('digits', 6)}.ingest.sentry.io/${s.text('digits', 7)}'`,
  (s) =>
    `anonKey: '${base64url({ alg: 'HS256', typ: 'JWT' })}.${base64url({ iss: 'supabase', ref: s.text('lower', 20), role: 'anon' })}.${s.text('url', 43)}'`,
  (s) => `mapboxToken: 'pk.${s.text('base62', 86)}.${s.text('base62', 22)}'`,
  (s) =>
    `${dashes('PUBLIC KEY')}\n${s.text('base64', 64)}\n${s.text('base64', 64)}\n${dashes('PUBLIC KEY').replace('BEGIN', 'END')}`,
  (s) =>
    `${dashes('CERTIFICATE')}\n${s.text('base64', 64)}\n${s.text('base64', 64)}\n${dashes('CERTIFICATE').replace('BEGIN', 'END')}`,
  (s) => `ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI${s.text('base64', 43)} pi@home`,
  (s) => `recipients: age1${s.text('lower', 58)}`,
  (s) => `siteKey: '6L${s.text('url', 38)}',`,
  // Checksums that are wrong, and shapes that are nearly right.
  (s) => `const value = 'ghp_${s.text('base62', 36)}';`,
  (s) => `const value = 'npm_${s.text('base62', 36)}';`,
  (s) => `const value = 'ghp_${s.text('base62', 20)}';`,
  (s) => `const value = 'glpat-${s.text('url', 8)}';`,
  (s) => `const value = 'AKIA${s.text('upper', 12)}';`,
  (s) => `class sk_live_${s.text('letters', 4)} {}`,
  (s) => `const name = 'SG.${s.text('letters', 10)}';`,
  (s) => `const task = 'SK${s.text('digits', 6)}';`,
  (s) => `const time = '12:${s.text('digits', 2)}:Around${s.text('letters', 12)}';`,
  // Placeholders.
  () => `GITHUB_TOKEN=ghp_${'x'.repeat(36)}`,
  (s) => `aws_access_key_id = AKIA${s.text('upper', 9)}EXAMPLE`,
  () => `STRIPE=sk_live_your_secret_key_here`,
  () => 'API_KEY=<your api key>',
  () => 'api_key: "your-api-key-goes-here-123"',
  (s) => `password: "changeme${s.text('digits', 2)}"`,
  () => `token: "${'0'.repeat(40)}"`,
  (s) => `DATABASE=postgres://user:password@localhost:5432/app${s.text('digits', 2)}`,
  () => 'mongodb://admin:<password>@cluster0.mongodb.net/app',
  () => 'redis://:${REDIS_PASSWORD}@cache:6379/0',
  () => `${dashes('PRIVATE KEY')}\n...\n${dashes('PRIVATE KEY').replace('BEGIN', 'END')}`,
  () => `Look for a line with ${dashes('RSA PRIVATE KEY')} at the top of the file.`,
  (s) => `curl https://hooks.slack.com/services/XXXXX/YYYYY/${'x'.repeat(20)}${s.below(9)}`,
  () => "headers: {'Authorization': 'Bearer $token'},",
  () => 'curl -H "Authorization: Bearer YOUR_TOKEN_HERE_2" https://api.example.com/',
  () => 'curl -H "Authorization: Bearer $(cat ~/.token)" https://api.example.com/',
  () => "request.headers['Authorization'] = 'Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==';",
  () => "'Authorization': 'Basic ' + base64Encode(utf8.encode('$user:$password')),",
  () => 'Authorization: Bearer mF_9.B5f-4.1JqM',
  () => 'curl -u "$USER:$PASSWORD" -u user:password https://api.example.com/',
  // References.
  () => 'password: ${{ secrets.REGISTRY_PASSWORD }}',
  () => "final token = Platform.environment['GRIST_API_KEY'];",
  () => "storePassword = keystoreProperties['storePassword']",
  () => "storePassword 'android'\nkeyPassword 'android'",
  () => 'storePassword = System.getenv("STORE_PASSWORD")',
  () => 'SECRET_KEY=$(openssl rand -hex 32)',
  () => 'const apiKey = String.fromEnvironment("API_KEY");',
  () => 'password: env:DEPLOY_PASSWORD_2',
  // Code and texts about secrets.
  (s) => `const tokenStorageKey = 'auth_token_v${s.text('digits', 1)}';`,
  () => 'final passwordController = TextEditingController();',
  () => "passwordHint: 'At least 8 characters, 1 digit',",
  () => `final passwordPattern = RegExp(r'^(?=.*[A-Z])(?=.*\\d).{8,}$');`,
  () => "key: const ValueKey('login_password_field_1'),",
  () => 'token = await secureStorage.read(key: tokenKey);',
  () => 'String? accessToken = widget.session.accessToken;',
  () => "'forgotPasswordTitle': 'Forgot_Password_2024',",
  () => 'secretSantaPairs: { anna: ben, carla: dora },',
  () => 'tokens: [identifier, operator, numberLiteral, stringLiteral],',
  () => "assert(passwordStrength('Short1') == Strength.weak);",
  (s) => `colorToken: '#${s.text('hex', 6)}',`,
  (s) => `keyboardType: TextInputType.number, // token ${s.text('digits', 4)}`,
  () => "static const passwordResetPath = '/account/password/reset/v2';",
  () => "authTokenHeader: 'X-Auth-Token-V2',",
  () => 'https://api.example.com:8080/@scope/package',
  (s) => `version: 1.${s.text('digits', 2)}.0+${s.text('digits', 3)}`,
];

/** Texts of which none holds a secret, every sort in turn. */
export function lookAlikes(seeded: Seeded, count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `${LOOK_ALIKES[index % LOOK_ALIKES.length]?.(seeded)}\n`);
}
