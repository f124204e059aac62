// The HTTP side: routes, the token, failures on demand, and the check of every question and answer.
import { createServer } from 'node:http';
import { operationOf, requestViolations, responseViolations } from './description.js';
import { BareRepository } from './git.js';
import { People } from './people.js';
import { Pulls } from './pulls.js';
import { Refused } from './refused.js';
import { Releases } from './releases.js';

/** The one token that is let in. */
export const TOKEN = 'stand-in-token';

/** Serves until the process ends. Returns the address of the API. */
export async function serveGitHub({ gitDir, fullName }) {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${server.address().port}`;
  const repository = new BareRepository(gitDir);
  const pulls = new Pulls(repository, { fullName, origin });
  const releases = new Releases(repository, { fullName, origin });
  const people = new People({ pulls, releases });
  server.on('request', (request, response) => {
    handle(request, response, { fullName, pulls, releases, people }).catch((error) => {
      people.violations.push(String(error.stack));
      response.destroy();
    });
  });
  return origin;
}

async function handle(request, response, site) {
  const url = new URL(request.url, 'http://stand-in');
  const bytes = await readAll(request);
  const type = request.headers['content-type'] ?? '';
  const body = bytes.length === 0 ? undefined : type.includes('json') ? JSON.parse(bytes) : bytes;
  if (url.pathname.startsWith('/_stand-in/')) {
    const answer = await site.people.answer(url.pathname.slice('/_stand-in/'.length), body);
    return send(response, 200, answer ?? {});
  }
  const asked = `${request.method} ${url.pathname}`;
  site.people.requests.push(asked);
  const how = site.people.failureFor(asked);
  if (how !== undefined && how !== 'cut-after') return fail(response, how, { asked, url, site });
  const found = operationOf(request.method, url.pathname);
  const wrong = found === undefined ? ['no such operation'] : requestViolations(found, url.searchParams, body, type);
  const { status, answer } = await answerTo(found, request, url, body, site);
  if (found !== undefined) wrong.push(...responseViolations(found, status, answer));
  site.people.violations.push(...wrong.map((what) => `${asked}: ${what}`));
  if (how === 'cut-after') return response.destroy();
  return send(response, status, answer);
}

async function answerTo(found, request, url, body, site) {
  try {
    if (request.headers.authorization !== `token ${TOKEN}`) throw new Refused(401, 'Bad credentials');
    if (found === undefined || `${found.values.owner}/${found.values.repo}` !== site.fullName)
      throw new Refused(404, 'Not Found');
    const route = ROUTES[found.operation.operationId];
    if (route === undefined) throw new Error(`the stand-in does not do ${found.operation.operationId}`);
    const answer = await route(site, found.values, url.searchParams, body);
    const [success] = Object.keys(found.operation.responses).filter((status) => status.startsWith('2'));
    return { status: Number(success), answer };
  } catch (error) {
    if (error instanceof Refused) return { status: error.status, answer: error.body };
    throw error;
  }
}

const ROUTES = {
  'pulls/list': ({ pulls }, _values, query) => pulls.list(query),
  'pulls/create': ({ pulls }, _values, _query, body) => pulls.create(body),
  'pulls/update': ({ pulls }, { pull_number }, _query, body) => pulls.update(pull_number, body),
  'repos/list-releases': ({ releases }, _values, query) => releases.list(query),
  'repos/create-release': ({ releases }, _values, _query, body) => releases.create(body),
  'repos/update-release': ({ releases }, { release_id }, _query, body) => releases.update(release_id, body),
  'repos/upload-release-asset': ({ releases }, { release_id }, query, body) =>
    releases.upload(release_id, query.get('name'), body ?? Buffer.alloc(0)),
  'repos/delete-release-asset': ({ releases }, { asset_id }) => releases.deleteAsset(asset_id),
};

function fail(response, how, { asked, url, site }) {
  if (how === 'hang') return undefined;
  if (how === 'cut') {
    const release = /^POST .*\/releases\/(\d+)\/assets$/.exec(asked)?.[1];
    if (release !== undefined) site.releases.leaveHalf(release, url.searchParams.get('name'));
    return response.destroy();
  }
  if (how === 'html')
    return response.writeHead(200, { 'content-type': 'text/html' }).end('<html>a proxy speaks</html>');
  if (how === 'nonsense') return send(response, 200, { message: 'a proxy speaks' });
  if (how === 'rate-limit') {
    response.setHeader('retry-after', '1');
    return send(response, 403, {
      message: 'You have exceeded a secondary rate limit.',
      documentation_url: 'https://docs.github.com/rest',
    });
  }
  return send(response, how, {
    message: `failing on demand with ${how}`,
    documentation_url: 'https://docs.github.com/rest',
  });
}

function send(response, status, body) {
  if (body === undefined) return response.writeHead(status).end();
  return response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify(body));
}

async function readAll(stream) {
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}
