import { EXIT, Problem } from '../../core/problem.ts';

/** One ref of a push, as git tells its hooks. */
export interface PushedRef {
  /** What was written on the command line, e.g. `refs/heads/main` or `HEAD~`; `(delete)` for a deletion. */
  readonly localRef: string;
  /** Undefined for a deletion. */
  readonly localId: string | undefined;
  readonly remoteRef: string;
  /** What the remote has there now; undefined when there is no such ref. */
  readonly remoteId: string | undefined;
}

const ID = '[0-9a-f]{40}|[0-9a-f]{64}';
/** Only the first field may hold blanks: `git push origin "HEAD@{1 day ago}:refs/heads/old"`. */
const PRE_PUSH = new RegExp(`^(.*) (${ID}) (\\S+) (${ID})$`);
const PRE_RECEIVE = new RegExp(`^(${ID}) (${ID}) (\\S+)$`);

/** Reads what git gives to pre-push on standard input. @throws Problem `push-unreadable` */
export function parsePrePush(input: string): readonly PushedRef[] {
  return lines(input).map((line) => {
    const [, localRef, localId, remoteRef, remoteId] = PRE_PUSH.exec(line) ?? [];
    if (localRef === undefined || localId === undefined || remoteRef === undefined || remoteId === undefined) {
      throw unreadable(line);
    }
    return { localRef, localId: unlessZero(localId), remoteRef, remoteId: unlessZero(remoteId) };
  });
}

/** Reads what git gives to pre-receive, seen from the same side. @throws Problem `push-unreadable` */
export function parsePreReceive(input: string): readonly PushedRef[] {
  return lines(input).map((line) => {
    const [, before, after, ref] = PRE_RECEIVE.exec(line) ?? [];
    if (before === undefined || after === undefined || ref === undefined) throw unreadable(line);
    return { localRef: ref, localId: unlessZero(after), remoteRef: ref, remoteId: unlessZero(before) };
  });
}

/** A shell on Windows may have turned the line ends. */
const lines = (input: string) => input.split(/\r?\n/).filter((line) => line !== '');

const unlessZero = (id: string) => (/^0+$/.test(id) ? undefined : id);

function unreadable(line: string): Problem {
  return new Problem({
    code: 'push-unreadable',
    what: 'git told of the push in a way that is not understood, so it cannot be judged',
    why: line.slice(0, 200),
    fix: 'push again; if this is no mistake of a hook of your own, report it',
    exit: EXIT.refused,
  });
}
