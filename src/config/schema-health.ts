import { duration, oneLine, optionalDuration } from './schema-parts.ts';
import * as z from './zod.ts';

/** What an answer must hold, as text: {tag} and {version} stand for those of the release that is asked. */
const expected = z.union([oneLine, z.number(), z.boolean(), z.null()]).transform(String);

/** As a field is named in RFC 9110, section 5.1. */
const headerName = z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, 'is not the name of a header');

const TCP_PATTERN = /^(?:(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9][A-Za-z0-9.-]*):)?(\d{1,5})$/;

const writtenTcp = z.union([z.int(), oneLine]);

const tcpAddresses = z.union([writtenTcp, z.array(writtenTcp)]).transform((written, context) =>
  [written].flat().map((address) => {
    const [, host = '127.0.0.1', digits] = TCP_PATTERN.exec(String(address)) ?? [];
    const port = Number(digits);
    if (port >= 1 && port <= 65_535) return { host: host.replace(/^\[|\]$/g, ''), port };
    context.addIssue({ code: 'custom', message: `${address} is not a port or host:port` });
    return z.NEVER;
  }),
);

export const healthSchema = z
  .strictObject({
    url: z
      .url({ protocol: /^https?$/ })
      .refine((url) => !/^[^/]*\/\/[^/?#]*@/.test(url), 'must hold no user or password: plans and logs show it')
      .optional()
      .describe('Asked from the host itself.'),
    status: z.int().min(100).max(599).default(200),
    body: oneLine
      .optional()
      .describe(
        'Text that must be in the answer. In body, headers and json, {tag} and {version} are those of the release.',
      ),
    headers: z.record(headerName, expected).default({}).describe('Headers the answer must have, by name.'),
    json: z
      .record(oneLine, expected)
      .default({})
      .describe('Values the answer must have as JSON, by dotted path, e.g. db.ready: true, version: "{version}".'),
    tcp: tcpAddresses
      .default([])
      .describe('A port, host:port, or a list of them, that must take a connection from the host.'),
    command: oneLine
      .optional()
      .describe(
        'Run by sh in the app directory with TAGSHIP_TAG and TAGSHIP_VERSION; status 0 within ten seconds is healthy.',
      ),
    successes: z.int().min(1).max(100).default(3).describe('How many good answers in a row.'),
    every: duration('1s').describe('Pause between two requests.'),
    steady: optionalDuration().describe('For how long every answer must be good.'),
    timeout: duration('60s').describe('When the new version must have proved itself.'),
  })
  .refine(({ url, tcp, command }) => url !== undefined || tcp.length > 0 || command !== undefined, {
    message: 'names nothing to ask: give it a url, tcp or a command',
  })
  .refine(
    ({ url, body, headers, json }) => url !== undefined || (body === undefined && isEmpty(headers) && isEmpty(json)),
    {
      path: ['url'],
      message: 'is missing: body, headers and json are about its answer',
    },
  )
  .refine(({ successes, every, steady = 0, timeout }) => Math.max((successes - 1) * every, steady) < timeout, {
    path: ['timeout'],
    message: 'is too short for so many successes, so often or so steadily: the check could never pass',
  })
  .describe('How a version proves itself, besides the health of its containers.');

const isEmpty = (values: object) => Object.keys(values).length === 0;
