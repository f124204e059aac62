import { type Format, shaped } from './format.ts';
import { looksChosen, looksGenerated } from './likely.ts';

/** What a client sends with a request to say who asks. */
export const REQUESTS: readonly Format[] = [
  shaped(
    'authorization-header',
    'credential in an Authorization header',
    ['authorization'],
    /authorization(?:header)?["'`\])]{0,3}[ \t]{0,8}(?::=|=>|[:=,])[ \t]{0,8}(?:\r?\n[ \t]{1,40}(?=["']))?["'`]?(?<scheme>bearer|token|basic)[ \t]{1,4}(?<secret>[\w.~+/-]{12,1000}={0,2})(?![\w+/=-])/gi,
    'RFC 6750, section 2.1; RFC 7617, section 2',
    { accepts: ({ secret, whole }) => (BASIC.test(whole) ? isRealLogin(secret) : isRealToken(secret)) },
  ),
  shaped(
    'curl-auth-user',
    'password given to curl',
    ['curl'],
    /\bcurl\b[^\n]{0,300}?[ \t](?:-u|--user)[ \t=]{0,4}["']?[^\s:"'$]{1,80}:(?<secret>[^\s"']{5,200})/g,
    'curl manual, --user',
    { accepts: ({ secret }) => isPassword(secret) },
  ),
];

const BASIC = /basic[ \t]+\S+$/i;

/** A JSON web token has a format of its own, which knows those that are public. */
const isRealToken = (token: string) => looksGenerated(token) && !/^eyJ[\w-]+\.eyJ/.test(token);

/** `user:password` in base64. */
function isRealLogin(encoded: string): boolean {
  const [, password = ''] = /^[^:]*:(.*)$/s.exec(Buffer.from(encoded, 'base64').toString()) ?? [];
  return /^[ -~]*$/.test(password) && isPassword(password);
}

const isPassword = (value: string) => !value.includes('$') && (looksChosen(value) || looksGenerated(value));
